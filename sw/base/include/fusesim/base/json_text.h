#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fusesim {

/// Parses one JSON document. Throws Error: "path:line:column: ..." for a syntax error, "path: place: ..." for
/// a duplicate key or nesting deeper than any schedule has.
nlohmann::json parse_json(const std::string& text, const std::string& path);

/// Parses JSON that one of our programs wrote. Throws Error "path: expected JSON" for anything else, and for
/// what nests deeper than any of them: values are copied and written by recursion. What `keep` refuses is
/// left out.
nlohmann::ordered_json parse_stored_json(const std::string& text, const std::string& path,
                                         const nlohmann::ordered_json::parser_callback_t& keep = nullptr);

/// Text with one line per element, but scalars of one array or object together on a line. Same value, same
/// bytes.
std::string pretty_json(const nlohmann::ordered_json& value);

/// SHA-256 of everything but the hash itself; independent of white space and of the order of keys.
std::string content_sha256(const nlohmann::json& document);

/// `name` as JSON can hold it: bytes that are not UTF-8 replaced.
std::string json_name(const std::string& name);

/// `value` as text, bytes that are not UTF-8 replaced; `indent` < 0: on one line.
std::string dump_json(const nlohmann::ordered_json& value, int indent = -1);

inline constexpr const char* kContentHashKey = "content_sha256";

}  // namespace fusesim
