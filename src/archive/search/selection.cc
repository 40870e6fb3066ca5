#include "archive/search/selection.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "archive/index/threads.h"
#include "archive/search/match.h"
#include "archive/search/word_patterns.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

constexpr std::size_t kSumDigitsMin = 8;
// To begin anew in the index costs as much as to go over some hundred messages.
constexpr std::int64_t kRunGap = 500;
constexpr std::size_t kRunsMax = 32;

/// The first column of each row.
Result<IdSet> ids_of(Statement& query) {
  IdSet ids;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return ids;
    ids.add(query.number(0));
  }
}

/// From an index that holds the answer; kRead is what is not kUnread.
std::string_view source_of(Property property) {
  switch (property) {
    case Property::kUnread:
    case Property::kRead: return "messages_unread WHERE instr(flags, 'S') = 0";
    case Property::kFlagged:
      return "messages_marked WHERE flags NOT IN ('', 'S') AND instr(flags, 'F') > 0";
    case Property::kReplied:
      return "messages_marked WHERE flags NOT IN ('', 'S') AND instr(flags, 'R') > 0";
    case Property::kDraft:
      return "messages_marked WHERE flags NOT IN ('', 'S') AND instr(flags, 'D') > 0";
    case Property::kRemoved: return "messages_removed WHERE removed > 0";
    case Property::kBroken: return "messages_broken WHERE indexed IN (2, 3)";
    case Property::kAttachment: return "messages_with_attachment WHERE has_attachment = 1";
  }
  return "messages_by_date";
}

/// The column, and the index that has it; the table itself is the numbers'.
std::pair<std::string_view, std::string_view> column_of(RangeTerm::Of of) {
  switch (of) {
    case RangeTerm::Of::kDate: return {"date", "INDEXED BY messages_by_date"};
    case RangeTerm::Of::kSize: return {"size", "INDEXED BY messages_by_size"};
    case RangeTerm::Of::kArrived: return {"arrived", "INDEXED BY messages_by_arrival"};
    case RangeTerm::Of::kId: break;
  }
  return {"id", ""};
}

class Selecting {
 public:
  Selecting(Database& database, const IdSet* among) : database_(database), among_(among) {
    if (among != nullptr) runs_ = text_runs(*among);
  }

  Result<IdSet> of(const QueryNode& node) {
    return std::visit([this](const auto& one) { return evaluate(one); }, node.is);
  }

  /// `source` is an index of messages, with a condition.
  Result<IdSet> from(std::string_view source) {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages INDEXED BY " + std::string(source)));
    return ids_of(query);
  }

  std::map<std::string, std::uint64_t> take_fits() { return std::move(fits_); }

 private:
  Result<IdSet> everything() {
    if (among_ != nullptr) return *among_;
    return from("messages_by_date");
  }

  Result<IdSet> all_but(const IdSet& ids) {
    RESTANTE_TRY(IdSet rest, everything());
    rest.remove_all(ids);
    return rest;
  }

  Result<IdSet> evaluate(const AllOf& group) {
    if (group.parts.empty()) return everything();
    RESTANTE_TRY(IdSet ids, of(*group.parts.front()));
    for (std::size_t i = 1; i < group.parts.size(); ++i) {
      // "a and not b" needs no set of everything but b.
      const auto* none = std::get_if<NoneOf>(&group.parts[i]->is);
      RESTANTE_TRY(const IdSet other, of(none != nullptr ? *none->part : *group.parts[i]));
      none != nullptr ? ids.remove_all(other) : ids.keep_only(other);
    }
    return ids;
  }

  Result<IdSet> evaluate(const AnyOf& group) {
    IdSet ids;
    for (const QueryTree& part : group.parts) {
      // A pattern's words may be a hundred thousand: none of them needs a set of its own.
      if (const auto* term = std::get_if<TextTerm>(&part->is)) {
        RESTANTE_CHECKED(add_fits(*term, ids));
      } else {
        RESTANTE_TRY(const IdSet other, of(*part));
        ids.add_all(other);
      }
    }
    return ids;
  }

  Result<IdSet> evaluate(const NoneOf& none) {
    RESTANTE_TRY(const IdSet other, of(*none.part));
    return all_but(other);
  }

  Result<IdSet> evaluate(const TextTerm& term) {
    IdSet ids;
    RESTANTE_CHECKED(add_fits(term, ids));
    return ids;
  }

  /// With one statement for all texts of the query.
  Status add_fits(const TextTerm& term, IdSet& ids) {
    if (!text_) RESTANTE_CHECKED(open_texts());
    const std::string match = match_of(term);
    std::uint64_t fits = 0;
    for (const auto& [first, last] : runs_) {
      const ResetAtEnd reset(*text_);
      text_->bind(1, match);
      text_->bind(2, first);
      text_->bind(3, last);
      for (;;) {
        RESTANTE_TRY(const bool more, text_->step());
        if (!more) break;
        ids.add(text_->number(0));
        ++fits;
      }
    }
    fits_[match] = fits;
    return ok();
  }

  Status open_texts() {
    RESTANTE_CHECKED(database_.prepare("SELECT 1 FROM sqlite_schema", reading_));
    RESTANTE_TRY([[maybe_unused]] const bool stays, reading_.step());
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT rowid FROM search WHERE search MATCH ?1 AND "
                                   "rowid BETWEEN ?2 AND ?3"));
    text_ = std::move(query);
    return ok();
  }

  Result<IdSet> evaluate(const AccountTerm& term) {
    return bound("INDEXED BY messages_by_account WHERE account = ?1", term.name);
  }

  Result<IdSet> evaluate(const IdTerm& term) {
    IdSet ids;
    std::string_view id = term.id;
    if (const auto number = parse_decimal<std::uint32_t>(id)) {
      RESTANTE_TRY(IdSet numbered, bound("WHERE id = ?1", std::int64_t{*number}));
      ids = std::move(numbered);
    }
    const bool is_message_id = id.size() > 1 && id.starts_with('<') && id.ends_with('>');
    if (is_message_id) id = id.substr(1, id.size() - 2);
    // By way of the thread, so that Message-IDs need no index of their own.
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages WHERE thread = (SELECT thread FROM "
                                   "thread_ids WHERE id_hash = ?3) AND message_id = ?1 UNION ALL "
                                   "SELECT id FROM messages WHERE ?4 AND length(?1) >= ?2 AND "
                                   "sha256 >= lower(?1) AND sha256 < lower(?1) || 'g'"));
    query.bind(3, hash_of_message_id(id));
    query.bind(1, id);
    query.bind(2, static_cast<std::int64_t>(kSumDigitsMin));
    query.bind(4, std::int64_t{!is_message_id});
    RESTANTE_TRY(const IdSet others, ids_of(query));
    ids.add_all(others);
    return ids;
  }

  Result<IdSet> evaluate(const ThreadTerm& term) { return bound("WHERE thread = ?1", term.number); }

  Result<IdSet> evaluate(const RangeTerm& range) {
    const auto [column, index] = column_of(range.of);
    std::string condition = fmt::format("WHERE {} >= {}", column, range.first.value_or(kLowest));
    if (range.last) condition += fmt::format(" AND {} < {}", column, *range.last);
    RESTANTE_TRY(Statement query,
                 database_.prepare(fmt::format("SELECT id FROM messages {} {}", index, condition)));
    return ids_of(query);
  }

  Result<IdSet> evaluate(Property property) {
    RESTANTE_TRY(IdSet ids, from(source_of(property)));
    if (property == Property::kRead) return all_but(ids);
    return ids;
  }

  template <typename Value>
  Result<IdSet> bound(std::string_view source, const Value& value) {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages " + std::string(source)));
    query.bind(1, value);
    return ids_of(query);
  }

  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();

  Database& database_;
  const IdSet* among_;
  Runs runs_ = {{0, std::numeric_limits<std::int64_t>::max()}};
  // Stays in the middle of its rows, so that the file is locked once, and not anew for each text.
  Statement reading_;
  std::optional<Statement> text_;
  std::map<std::string, std::uint64_t> fits_;
};

}  // namespace

Runs text_runs(const IdSet& ids) {
  Runs runs = ids.runs(kRunGap);
  if (runs.size() > kRunsMax) runs = {{runs.front().first, runs.back().second}};
  return runs;
}

Result<Selected> select(Database& database, const QueryNode& query, const IdSet* among) {
  if (has_pattern(query)) {
    RESTANTE_TRY(const QueryTree expanded, with_words(database, query));
    return select(database, *expanded, among);
  }
  Selecting selecting(database, among);
  RESTANTE_TRY(IdSet ids, selecting.of(query));
  Selected selected{std::move(ids), selecting.take_fits()};
  if (among != nullptr) selected.ids.keep_only(*among);
  if (mentions_removed(query)) return selected;
  RESTANTE_TRY(const IdSet removed, selecting.from("messages_removed WHERE removed > 0"));
  selected.ids.remove_all(removed);
  return selected;
}

}  // namespace restante::archive
