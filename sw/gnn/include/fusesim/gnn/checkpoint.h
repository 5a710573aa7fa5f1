#pragma once

#include <cstdint>
#include <string>

#include "fusesim/gnn/network.h"
#include "fusesim/gnn/weight_file.h"

namespace fusesim::gnn {

/// What a trained network says of itself besides its weights.
struct Provenance {
  std::string scheme;          ///< "lbdf" or "brr"; other words for networks that judge no fusion groups
  std::string feature_layout;  ///< feature_layout_hash() of the features it reads
  std::string data_set;        ///< SHA-256 of its training data
  std::string command;         ///< that makes it again
  uint64_t seed = 0;
  int64_t epochs = 0;
};

struct Checkpoint {
  Network network;
  Provenance provenance;
};

WeightFile to_weight_file(const Network& network, const Provenance& provenance);
/// Throws Error "path: reason" if it is no network.
Checkpoint checkpoint_from(const WeightFile& file, const std::string& path);

/// SHA-256 of all arrays of a network, whatever its provenance: what an explainer was trained for.
std::string network_sha256(const Network& network);

void write_checkpoint(const Network& network, const Provenance& provenance, const std::string& path);
Checkpoint read_checkpoint(const std::string& path);

/// The network that ships for a scheme ("lbdf", "brr"): `<data_directory>/models/gnn/<scheme>.weights`.
/// Throws Error also if it was trained for another scheme or feature layout.
Checkpoint read_group_network(const std::string& scheme, const std::string& data_directory);

}  // namespace fusesim::gnn
