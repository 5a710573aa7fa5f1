#include "fusesim/search/algorithm.h"

#include <stdexcept>

namespace fusesim {

AlgorithmFacts facts_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::exact:
      return {"exact", "least traffic", false, true};
    case Algorithm::columns:
      return {"columns", "groups by price: for networks too wide for exact", false, true};
    case Algorithm::contiguous:
      return {"contiguous", "best cuts of the topological order", false, false};
    case Algorithm::unfused:
      return {"unfused", "every op alone", false, false};
    case Algorithm::random:
      return {"random", "", true, false};
    case Algorithm::local:
      return {"local", "", true, false};
    case Algorithm::nsga2:
      return {"nsga2", "", true, false};
    case Algorithm::automatic:
      return {"auto", "exact; local, then columns where that takes long", true, true};
  }
  throw std::logic_error("no such algorithm");
}

const std::vector<Algorithm>& algorithms() {
  static const std::vector<Algorithm> all = {Algorithm::exact,   Algorithm::columns,  Algorithm::contiguous,
                                             Algorithm::unfused, Algorithm::random,   Algorithm::local,
                                             Algorithm::nsga2,   Algorithm::automatic};
  return all;
}

}  // namespace fusesim
