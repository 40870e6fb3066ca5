// Data on stdout: aligned text for people, one line of JSON for programs (stable: keys are added,
// never renamed or removed). Talk goes to stderr and only in text mode.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "console/table.h"

namespace restante::ctl {

enum class Format { kText, kJson };

class Output {
 public:
  explicit Output(Format format);

  [[nodiscard]] bool json() const { return format_ == Format::kJson; }
  /// Prints the object and LF.
  void print(const boost::json::object& object) const;
  void line(std::string_view text) const;
  /// For people, on stderr; nothing in JSON mode.
  void note(std::string_view text) const;

  using Table = console::Table;
  void print(const Table& table) const { console::print(table, colour_); }

 private:
  Format format_;
  bool colour_;
};

/// RFC 3339, or null.
boost::json::value to_json(const std::optional<WallTime>& time);

}  // namespace restante::ctl
