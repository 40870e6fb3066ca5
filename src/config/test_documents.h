// For tests only: the keys of a configuration beside its documents. RESTANTE_WRITE_DOCS=1 in the
// environment of a test writes the tables of keys into the document; without it they are compared.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/keys.h"

namespace restante::config {

inline std::string read_source(const std::string& name) {
  std::ifstream file(std::string(RESTANTE_SOURCE_DIR) + "/" + name);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// The whole table in Markdown.
inline std::string table_of(const std::vector<KeyNote>& notes) {
  std::string out = "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const KeyNote& note : notes)
    out +=
        fmt::format("| `{}` | {} | {} | {} |\n", note.name, note.type, note.standard, note.meaning);
  return out;
}

/// The first table below that heading in the document has these keys, and nothing else.
inline void expect_documented(const std::string& document, const std::string& heading,
                              const std::vector<KeyNote>& notes) {
  for (const KeyNote& note : notes) EXPECT_NE(note.meaning, "") << note.name;
  const std::string text = read_source(document);
  const std::size_t section = text.find("\n" + heading + "\n");
  ASSERT_NE(section, std::string::npos) << document << " has no heading " << heading;
  const std::size_t begin = text.find("\n| key |", section) + 1;
  ASSERT_NE(begin, 0U) << document << " has no table below " << heading;
  const std::size_t end = text.find("|\n\n", begin);
  const std::size_t size = end == std::string::npos ? end : end + 2 - begin;
  const std::string wanted = table_of(notes);
  if (std::getenv("RESTANTE_WRITE_DOCS") == nullptr) {
    EXPECT_EQ(text.substr(begin, size), wanted)
        << "run it with RESTANTE_WRITE_DOCS=1 to write this into " << document;
    return;
  }
  const std::string tail = size == std::string::npos ? "" : text.substr(begin + size);
  std::ofstream(std::string(RESTANTE_SOURCE_DIR) + "/" + document)
      << text.substr(0, begin) << wanted << tail;
}

}  // namespace restante::config
