// An mbox file as a source, as the POP3 server that has served it shows it: Dovecot by its numbers
// (X-UID) and pop3_uidl_format, or one that keeps ids in X-UIDL (qpopper, mailutils). The fields
// that servers keep to themselves stay out of the messages, as Dovecot leaves them out.
//
// The file is locked against writers while the source lives, by fcntl(2) and in that a FILE.lock
// beside it is respected. Weak: a writer that locks in neither way is only noticed.
#pragma once

#include <string>
#include <vector>

#include "migrate/formats/mbox_scan.h"
#include "migrate/formats/uidl_format.h"
#include "migrate/sources/files.h"
#include "migrate/sources/source.h"

namespace restante::migrate {

/// Whose ids the messages of an mbox have.
enum class MboxIds : std::uint8_t {
  kFound,    ///< X-UIDL where the first message has one, else Dovecot's.
  kDovecot,  ///< By X-IMAPbase, X-UID and pop3_uidl_format.
  kXUidl,
};

struct MboxOptions {
  GuardedPath file;
  MboxIds ids = MboxIds::kFound;
  UidlFormat format;
};

class Mbox : public Source {
 public:
  explicit Mbox(MboxOptions options) : options_(std::move(options)) {}

  /// Errors: also kBusy: another program writes it now.
  Result<Listing> list() override;
  Status read(Item& item, std::string& wire) override;

 private:
  Status open();
  Status lock() const;
  Status check_unchanged() const;
  Result<std::vector<MboxMessage>> scan(Separator separator) const;
  void give_dovecot_ids(Listing& listing);
  void give_x_uidl_ids(Listing& listing);
  [[nodiscard]] Item to_item(std::size_t index) const;

  const MboxOptions options_;
  files::Descriptor file_;
  FileFacts facts_{};
  bool by_x_uidl_ = false;
  std::vector<MboxMessage> messages_;
};

}  // namespace restante::migrate
