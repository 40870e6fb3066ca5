// Lists of any length, read a page at a time: no statement is open while the caller looks at a
// page. An open one would make writers keep the old state (the write-ahead log grows).
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "accounts/admin.h"
#include "accounts/names/idna.h"
#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

inline constexpr std::size_t kPageRows = 2000;

/// The rows behind `after`, at most `limit` of them.
struct Page {
  std::string after;
  std::size_t limit = kPageRows;
};

/// The end of a query of rows that are named by `column`, for bind_page().
inline std::string page_rest(const std::string& column, const ListRange& range,
                             const std::string& condition = "") {
  std::string rest = "WHERE " + column + " > ?1" + condition;
  // As has_domain(): a domain that is its own key is stored as it is, any other has it beside it.
  if (!range.domain.empty()) rest += " AND (domain = ?3 OR domain_key = ?3)";
  return rest + " ORDER BY " + column + " LIMIT ?2";
}

inline void bind_page(Statement& query, const ListRange& range, const Page& page) {
  query.bind(1, page.after);
  query.bind(2, static_cast<std::int64_t>(page.limit));
  if (!range.domain.empty()) query.bind(3, to_a_labels(range.domain));
}

/// Gives out what `page_of(page)` finds, until it finds no more, `range` is at its end, or `take`
/// says false.
template <typename Entry, typename PageOf, typename NameOf>
Status give_pages(const ListRange& range, PageOf page_of, NameOf name_of,
                  const std::function<bool(const Entry&)>& take) {
  Page page;
  page.after = range.after;
  std::size_t left = range.limit.value_or(static_cast<std::size_t>(-1));
  while (left > 0) {
    page.limit = std::min(kPageRows, left);
    RESTANTE_TRY(const std::vector<Entry> entries, page_of(page));
    for (const Entry& entry : entries)
      if (!take(entry)) return ok();
    if (entries.size() < page.limit) return ok();
    left -= entries.size();
    page.after = name_of(entries.back());
  }
  return ok();
}

}  // namespace restante::accounts::sqlite
