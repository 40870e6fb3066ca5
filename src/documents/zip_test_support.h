// A ZIP archive for tests, made in memory.
#pragma once

#include <gtest/gtest.h>
#include <zip.h>

#include <string>
#include <utility>
#include <vector>

namespace restante::text {

inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* const archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  EXPECT_NE(archive, nullptr);
  for (const auto& [name, content] : files) {
    zip_source_t* const source = zip_source_buffer(archive, content.data(), content.size(), 0);
    EXPECT_GE(zip_file_add(archive, name.c_str(), source, 0), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  EXPECT_EQ(zip_source_open(target), 0);
  EXPECT_EQ(zip_source_seek(target, 0, SEEK_END), 0);
  std::string octets(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  EXPECT_EQ(zip_source_seek(target, 0, SEEK_SET), 0);
  EXPECT_EQ(zip_source_read(target, octets.data(), octets.size()),
            static_cast<zip_int64_t>(octets.size()));
  zip_source_close(target);
  zip_source_free(target);
  return octets;
}

}  // namespace restante::text
