// What the tests of the archive share: a folder of their own, and messages put into a mailbox.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/mailbox/mailbox.h"
#include "base/clock.h"

namespace restante::archive {

class TempFolder {
 public:
  explicit TempFolder(const Path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "restante-archive-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const Path& path() const { return path_; }

 private:
  Path path_;
};

inline std::string read_file(const Path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const Path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::vector<std::string> sorted_names(const Path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

/// 2026-11-22 05:00:00 UTC.
inline WallTime some_time() { return WallTime(std::chrono::seconds(1795323600)); }

/// An archive with one account, on a clock that stands still.
class ArchiveTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Incoming> receive(Mailbox& mailbox, std::string_view octets) {
    auto incoming = mailbox.begin();
    EXPECT_TRUE(incoming && (*incoming)->write(octets) && (*incoming)->finish());
    return std::move(*incoming);
  }
  static std::vector<Kept> keep(Mailbox& mailbox, const std::vector<std::string>& messages) {
    std::vector<std::unique_ptr<Incoming>> batch;
    for (const std::string& message : messages) batch.push_back(receive(mailbox, message));
    auto kept = mailbox.keep(std::move(batch));
    EXPECT_TRUE(kept) << kept.error().message();
    return kept ? *kept : std::vector<Kept>();
  }
  Mailbox open(std::string_view account = "home") {
    auto mailbox = Mailbox::open(archive_.path(), account, Create::kYes, clock_);
    EXPECT_TRUE(mailbox) << mailbox.error().message();
    return std::move(*mailbox);
  }
  Path maildir(std::string_view account = "home") const { return archive_.path() / account; }

  TempFolder archive_;
  ManualClock clock_{some_time()};
};

}  // namespace restante::archive
