#include "restante/fetching/new_mail.h"

#include "archive/database/database.h"
#include "archive/reader/reader.h"
#include "archive/search/search.h"
#include "base/clock.h"
#include "fetch/hand_on/header_block.h"
#include "mail/header_fields.h"

namespace restante::cli {
namespace {

namespace json = boost::json;
using archive::Database;
using archive::Statement;

// Of several with the same octets the newest that is there; one that has passed through may be
// gone.
constexpr std::string_view kFind =
    "SELECT id FROM messages WHERE sha256 = ?1 AND account = ?2 "
    "ORDER BY removed, copy DESC LIMIT 1";

/// A decoded field of the header, which need not be in the index yet.
std::string field(const fetch::HeaderBlock& header, std::string_view name) {
  return archive::Reader().field(mail::header_field(header.text(), name));
}

Result<json::object> event_of(Database& database, const archive::Path& archive, Statement& find,
                              const std::string& account, const fetch::NewMessage& message) {
  json::object event{{"type", "message"},
                     {"account", account},
                     {"id", nullptr},
                     {"uid", message.uid},
                     {"from", ""},
                     {"subject", ""},
                     {"sha256", message.sha256},
                     {"size", message.octets},
                     {"arrived", nullptr},
                     {"file", nullptr}};
  const archive::ResetAtEnd reset(find);
  find.bind(1, message.sha256);
  find.bind(2, account);
  RESTANTE_TRY(const bool is_known, find.step());
  if (!is_known) return event;
  RESTANTE_TRY(const archive::Entry entry, archive::entry_of(database, find.number(0)));
  event["id"] = entry.id;
  event["arrived"] = to_rfc3339(WallTime(std::chrono::seconds(entry.arrived)));
  const archive::Path file = archive::file_of(archive, entry);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return event;
  event["file"] = file.string();
  const fetch::HeaderBlock header = fetch::read_header(file);
  event["from"] = field(header, "From");
  event["subject"] = field(header, "Subject");
  return event;
}

}  // namespace

Result<std::vector<json::object>> new_mail(const archive::Path& archive,
                                           const fetch::Report& report) {
  std::vector<json::object> events;
  if (report.messages.empty()) return events;
  RESTANTE_TRY(Database database, Database::open(archive, archive::Access::kWrite));
  RESTANTE_TRY(Statement find, database.prepare(kFind));
  for (const fetch::NewMessage& message : report.messages) {
    RESTANTE_TRY(auto event, event_of(database, archive, find, report.account, message));
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace restante::cli
