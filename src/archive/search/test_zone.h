// A time zone for one test, by TZ; what was there before comes back.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace restante::archive {

class TestZone {
 public:
  explicit TestZone(const char* zone) {
    if (const char* const before = std::getenv("TZ"); before != nullptr) before_ = before;
    ::setenv("TZ", zone, 1);
  }
  ~TestZone() { before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ"); }
  TestZone(const TestZone&) = delete;
  TestZone& operator=(const TestZone&) = delete;

 private:
  std::optional<std::string> before_;
};

}  // namespace restante::archive
