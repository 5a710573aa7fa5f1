#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fusesim {

/// Parses one JSON document. Throws Error: "path:line:column: ..." for a syntax error, "path: place: ..." for
/// a duplicate key or nesting deeper than any schedule has.
nlohmann::json parse_json(const std::string& text, const std::string& path);

/// Text with one line per element, but scalars of one array or object together on a line. Same value, same
/// bytes.
std::string pretty_json(const nlohmann::ordered_json& value);

/// SHA-256 of everything but the hash itself; independent of white space and of the order of keys.
std::string content_sha256(const nlohmann::json& document);

/// `name` as JSON can hold it: bytes that are not UTF-8 replaced.
std::string json_name(const std::string& name);

inline constexpr const char* kContentHashKey = "content_sha256";

}  // namespace fusesim
