// Finds acts. Lines are looked through as they stand in the files (mapped, not read into memory),
// and only those that have what is asked for are taken apart: millions a second.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "journal/act.h"
#include "journal/folder.h"

namespace restante::journal {

/// What is not set does not matter. Names are exact, as the journal has them.
struct Filter {
  std::string account{};  ///< Also where it is a recipient.
  std::string uid{};
  std::string message_id{};  ///< With or without its angle brackets.
  std::string session{};
  std::string queue_id{};
  std::vector<Kind> kinds{};
  std::optional<WallTime> since{};  ///< This moment, or later.
  std::optional<WallTime> until{};  ///< Before this moment.

  [[nodiscard]] bool matches(const Act& act) const;
};

/// False: enough was seen.
using Visitor = std::function<bool(const Act& act)>;

struct Searched {
  std::uint64_t found = 0;
  std::uint64_t broken = 0;  ///< Lines that cannot be read, of those that were taken apart.
};

class Search {
 public:
  Search(files::Path folder, Filter filter);

  /// All that is there and has not been visited yet, oldest first: called again, what came since. A
  /// command writes at once and the server a moment later: acts are put in order within some
  /// seconds. Half a line is left for the next time. Errors: as files::system_error(); kNotFound:
  /// there is no journal.
  Result<Searched> run(const Visitor& visit);

 private:
  struct Place {
    files::Path file;
    std::uint64_t octets = 0;  // Of it, visited.
  };
  class InOrder;
  bool visit_lines(std::string_view text, InOrder& visit, Searched& searched) const;
  bool visit_line(std::string_view line, InOrder& visit, Searched& searched) const;

  files::Path folder_;
  Filter filter_;
  std::vector<std::string> needles_;  // Each of them stands in every line that matches.
  std::vector<Place> places_;
};

}  // namespace restante::journal
