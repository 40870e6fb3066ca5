// What is asked of the archive: the text of a query as a tree, or a mistake with its place. It
// knows no database and is told the time; only the time zone it asks for itself.
//
//   words  "phrases"  prefix*  *part*  from: subject: list: header:NAME: …   text
//   account: id: id:42.. thread: date:2024..2025 arrived:7d.. size:1M..      columns
//   before: after: since: until: larger: smaller:                            the same
//   is:unread|read|flagged|replied|draft|removed|broken  has:attachment
//   and (also unspoken)  or  not  -  ( )  from:( )
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace restante::archive {

struct QueryNode;
using QueryTree = std::unique_ptr<QueryNode>;

enum class TextField : std::uint8_t {
  kAny,
  kSubject,
  kFrom,
  kTo,
  kCc,
  kBody,
  kAttachment,
  kFileName,
  kHeader,
};

/// Words in this order, one behind the other.
struct TextTerm {
  TextField field = TextField::kAny;
  std::string words;
  bool is_prefix = false;   ///< The last word may go on.
  bool is_pattern = false;  ///< One word, in which each "*" stands for any letters, or none.
  std::string header;       ///< Of kHeader, the field's name in small letters.
};

enum class Property : std::uint8_t {
  kUnread,
  kRead,
  kFlagged,
  kReplied,
  kDraft,
  kRemoved,
  kBroken,
  kAttachment,
};

struct AccountTerm {
  std::string name;
};
/// A message's number, the beginning (8 digits or more) of its checksum, or its Message-ID; with
/// angle brackets around it only that.
struct IdTerm {
  std::string id;
};
struct ThreadTerm {
  std::int64_t number = 0;
};
/// From `first` to before `last`, unix seconds, bytes or numbers; a side may be open.
struct RangeTerm {
  enum class Of : std::uint8_t { kDate, kSize, kArrived, kId } of = Of::kDate;
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
};
struct AllOf {
  std::vector<QueryTree> parts;  ///< Empty: everything.
};
struct AnyOf {
  std::vector<QueryTree> parts;
};
struct NoneOf {
  QueryTree part;
};

struct QueryNode {
  std::variant<AllOf, AnyOf, NoneOf, TextTerm, AccountTerm, IdTerm, ThreadTerm, RangeTerm, Property>
      is;
};

struct QueryMistake {
  std::size_t at = 0;  ///< Byte in the query where it begins.
  std::size_t bytes = 1;
  std::string what;  ///< And what to write instead.
};

struct ParsedQuery {
  QueryTree tree;  ///< Null: there is a mistake.
  QueryMistake mistake;
};

/// `now` is what relative dates count from; days are those of the time zone (local_day.h). At most
/// kQueryBytesMax bytes and kQueryDepthMax parentheses.
ParsedQuery parse_query(std::string_view query, std::chrono::sys_seconds now);

inline constexpr std::size_t kQueryBytesMax = 4096;
inline constexpr std::size_t kQueryDepthMax = 50;

/// The query, and below it a caret line that points at the mistake: for people.
std::string show_mistake(std::string_view query, const QueryMistake& mistake);

/// The tree in one line with all parentheses, as it was understood.
std::string to_string(const QueryNode& node);

/// True when a pattern is somewhere in it: it means nothing before the index is asked for the words
/// that fit (word_patterns.h).
bool has_pattern(const QueryNode& node);

/// True when a phrase is somewhere in it: several words in a row, as an address has them, too.
bool has_phrase(const QueryNode& node);

/// True when the tree speaks of removed messages somewhere: else they are not meant.
bool mentions_removed(const QueryNode& node);

}  // namespace restante::archive
