// How messages are shown in lists: a table, or JSON.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/search/search.h"
#include "restante/frame/context.h"
#include "restante/frame/output.h"
#include "restante/reading/archive_view.h"

namespace restante::cli {

/// How wide the columns of a list may be, so that a row is one line of the terminal.
struct EntryRoom {
  std::size_t from = 0;
  std::size_t subject = 0;
};

/// A list that is printed while its entries come. The end of its life is the end of the list.
class EntryList {
 public:
  EntryList(const Context& context, ArchiveView& view);

  void add(std::span<const archive::Entry> entries);

 private:
  [[nodiscard]] std::vector<std::string> row_of(const archive::Entry& entry) const;

  const Context& context_;
  const archive::Path& archive_;
  const bool by_account_;
  JsonList objects_;
  std::optional<EntryRoom> room_;
  std::vector<std::size_t> widths_;  // Of the rows so far.
};

/// A list of these alone.
void print_entries(const Context& context, ArchiveView& view,
                   std::span<const archive::Entry> entries);

/// Stable: keys are added, never renamed or removed.
boost::json::object to_json(const archive::Entry& entry, const archive::Path& archive);
/// The accounts that have the message, its own first.
std::vector<std::string> accounts_of(const archive::Entry& entry);
/// Text of at most `columns`, harmless, with "…" when it is cut.
std::string fit(std::string_view text, std::size_t columns);

}  // namespace restante::cli
