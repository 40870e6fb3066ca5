// Mail that another program collected and that was imported: recognised on the server by its
// Message-ID, its date and the size of its body, also with header lines added. Each is taken once,
// so that of two messages that look alike the second is fetched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/database/database.h"
#include "archive/mailbox/message_outline.h"

namespace restante::fetch {

/// Used by one thread, with the database, which must outlive it.
class ImportedMail {
 public:
  /// What imports since the account's last look at its server brought. Errors: kBusy, kIo.
  static Result<ImportedMail> load(archive::Database& database, std::string account);

  [[nodiscard]] bool empty() const { return by_id_.empty(); }
  /// True: it is the message of this size, as LIST says it, and this header (LF lines, whole).
  bool take(std::uint64_t octets, std::string_view header);
  /// Drops what was taken; all of it, when messages were looked at and none was among them: what
  /// comes later is in no import of before. Errors: kBusy, kFull, kIo.
  Status settle(bool at_the_end);

 private:
  ImportedMail(archive::Database& database, std::string account)
      : database_(&database), account_(std::move(account)) {}

  Status forget_all();
  Status forget_taken();

  struct Candidate {
    archive::Outline outline;
    std::string sha256;
  };

  archive::Database* database_;
  std::string account_;
  bool any_asked_ = false;
  bool any_taken_ = false;
  std::vector<std::string> taken_;                         // Checksums, not dropped yet.
  std::unordered_multimap<std::string, Candidate> by_id_;  // By Message-ID.
};

}  // namespace restante::fetch
