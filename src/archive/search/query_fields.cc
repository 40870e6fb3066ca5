#include "archive/search/query_fields.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace restante::archive {
namespace {

using Of = ColumnField;

constexpr std::array<std::pair<std::string_view, TextField>, 8> kTextFields = {{
    {"from", TextField::kFrom},
    {"to", TextField::kTo},
    {"cc", TextField::kCc},
    {"subject", TextField::kSubject},
    {"body", TextField::kBody},
    {"attachment", TextField::kAttachment},
    {"filename", TextField::kFileName},
    {"file", TextField::kFileName},
}};
// Words for header fields that have no column (header_words.h).
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kHeaders = {{
    {"list", "list-id"},
    {"list-id", "list-id"},
    {"reply-to", "reply-to"},
    {"bcc", "bcc"},
    {"sender", "sender"},
    {"delivered-to", "delivered-to"},
}};
constexpr std::array<std::pair<std::string_view, Of>, 15> kColumns = {{
    {"account", Of::kAccount},
    {"id", Of::kId},
    {"message-id", Of::kMessageId},
    {"thread", Of::kThread},
    {"date", Of::kDate},
    {"before", Of::kBefore},
    {"after", Of::kAfter},
    {"since", Of::kSince},
    {"until", Of::kUntil},
    {"arrived", Of::kArrived},
    {"size", Of::kSize},
    {"larger", Of::kLarger},
    {"smaller", Of::kSmaller},
    {"is", Of::kIs},
    {"has", Of::kHas},
}};
constexpr std::array<std::pair<std::string_view, Property>, 7> kStates = {{
    {"unread", Property::kUnread},
    {"read", Property::kRead},
    {"flagged", Property::kFlagged},
    {"replied", Property::kReplied},
    {"draft", Property::kDraft},
    {"removed", Property::kRemoved},
    {"broken", Property::kBroken},
}};
// What mu, notmuch and mairix call them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kElsewhere = {{
    {"f", "from"},
    {"t", "to"},
    {"c", "cc"},
    {"s", "subject"},
    {"b", "body"},
    {"h", "bcc"},
    {"d", "date"},
    {"z", "size"},
    {"mid", "message-id"},
    {"msgid", "message-id"},
    {"flag", "is"},
    {"flags", "is"},
    {"tag", "is"},
    {"maildir", "account"},
    {"folder", "account"},
    {"path", "account"},
    {"lastmod", "arrived"},
    {"mimetype", "attachment"},
}};

template <typename Table>
auto found_in(const Table& table, std::string_view name) {
  const auto it =
      std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.first == name; });
  return it == table.end() ? std::nullopt : std::optional(it->second);
}

/// How many letters must be changed, left out, added or exchanged with the next.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& here = rows[i][j];
      if (i == 0 || j == 0) {
        here = i + j;
        continue;
      }
      here = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                       rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        here = std::min(here, rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.size()][b.size()];
}

std::string_view nearest_field(std::string_view name) {
  constexpr std::size_t kNameBytesMax = 20;
  if (const auto known = found_in(kElsewhere, name)) return *known;
  std::string_view nearest;
  if (name.size() > kNameBytesMax) return nearest;
  std::size_t least = name.size() > 3 ? 3 : 2;  // Fewer than these.
  const auto look_at = [&](const auto& table) {
    for (const auto& [field, meaning] : table) {
      const std::size_t far = distance(name, field);
      if (far < least) nearest = field;
      least = std::min(least, far);
    }
  };
  look_at(kTextFields);
  look_at(kHeaders);
  look_at(kColumns);
  return nearest;
}

}  // namespace

std::optional<TextTerm> text_field(std::string_view name, std::string_view header) {
  TextTerm term;
  if (name == "header") name = header;
  if (const auto field = found_in(kTextFields, name)) {
    term.field = *field;
    return term;
  }
  const auto known = found_in(kHeaders, name);
  if (!known && header.empty()) return std::nullopt;
  term.field = TextField::kHeader;
  term.header = known.value_or(name);
  return term;
}

std::optional<ColumnField> column_field(std::string_view name) { return found_in(kColumns, name); }

std::optional<Property> state_named(std::string_view name) { return found_in(kStates, name); }

std::string no_such_field(std::string_view name) {
  const std::string field(name);
  const std::string_view nearest = nearest_field(name);
  std::string what = "there is no field \"" + field + ":\"";
  if (!nearest.empty()) what += ", perhaps \"" + std::string(nearest) + ":\"";
  return what +
         ": from, to, cc, bcc, subject, body, attachment, filename, list, reply-to, sender, "
         "delivered-to, header:NAME, account, id, message-id, thread, date, since, until, before, "
         "after, arrived, size, larger, smaller, is and has are; put what is no field into quotes";
}

}  // namespace restante::archive
