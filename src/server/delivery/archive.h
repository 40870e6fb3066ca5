// The archive account: every accepted mail reaches it, durably, before its own maildrops, and with
// its whole envelope. One log takes one mail after the other, so the archive may be spread over
// several accounts; a mail is in one of them. A mail that the archive does not take reaches no
// recipient: its sender is told to try again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/directory.h"
#include "server/delivery/delivery.h"
#include "server/delivery/delivery_log.h"
#include "server/delivery/destinations.h"
#include "server/elsewhere/homes.h"
#include "smtp/server_session.h"

namespace restante::server {

/// The accounts of the archive, canonical, the configured one first: "archive@example.com",
/// "archive-2@example.com" … Empty: there is no archive.
std::vector<std::string> archive_accounts(const accounts::Settings& settings);

/// The account of the archive that the mail of this id is for. There is an archive.
std::string archive_account_for(const accounts::Settings& settings, std::string_view id);

/// The account by that name, if its maildrop is here. `homes` may be null: everybody is here. May
/// wait as long as the directory. Errors, in words for the operator: kNotFound, kState (it is on
/// another server), kIo.
Result<accounts::Account> find_archive_account(accounts::Directory& directory, const Homes* homes,
                                               const std::string& name);

/// One mail's copy in the archive. Used by one thread at a time.
class ArchiveCopy {
 public:
  explicit ArchiveCopy(std::string name) : copy_(std::move(name)) {}

  /// Looks the account up. May wait as long as the directory.
  void find(const Services& services, const settings::Config& config);

  /// Stores the mail, unless no maildrop and no other server would get it. Where that fails, `to`
  /// leads nowhere afterwards: each recipient is answered "later". Blocks for the disk.
  void store(maildrop::Store& store, const Mail& mail, const DeliveryRules& rules,
             Destinations& to);

  /// Adds it to the measures.
  void count(const Services& services) const;

  /// The mail had a recipient: it was stored, or has failed.
  [[nodiscard]] bool is_tried() const { return tried_; }
  [[nodiscard]] bool is_done() const { return copy_.verdict == smtp::Delivery::kDone; }
  /// Its account, and what came of it. It has no routes.
  [[nodiscard]] const Copy& copy() const { return copy_; }

 private:
  Status deliver(maildrop::Store& store, const Mail& mail, const DeliveryRules& rules,
                 const Destinations& to);

  Copy copy_;
  Status found_ = Error(Errc::kState, "its account was not looked up");
  bool tried_ = false;
};

/// A line of the log: where the archive's copy is, or why there is none and what to do.
void write_archived(const MailNotes& notes, const Copy& copy);

}  // namespace restante::server
