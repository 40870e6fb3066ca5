// An account's mail at any POP3 server: its unique ids as UIDL says them, its messages as RETR
// gives them. Several are asked for ahead where the server takes that. Nothing is deleted there.
//
// POP3 does not say when a message came: it is the time of the topmost Received.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "fetch/session/session.h"
#include "migrate/sources/place.h"
#include "migrate/sources/source.h"
#include "profile/profile.h"

namespace restante::migrate {

struct Pop3Options {
  Place place;
  std::string user;  ///< The user of the mailbox.
  /// A user who may open the mailboxes of others, for the login; empty: the user itself.
  std::string master{};
  SecretString password{};                ///< The user's, or the master's.
  std::filesystem::path ca_file{};        ///< Empty: the system's authorities.
  std::vector<std::string> pins{};        ///< As net::ClientTls.
  fetch::Way way{};                       ///< Empty: this process connects.
  const net::StopSignal* stop = nullptr;  ///< Not owned; null: nothing ends it before its time.
};

class Pop3Source : public Source {
 public:
  explicit Pop3Source(const Pop3Options& options);
  ~Pop3Source() override;

  /// Errors: as fetch::Session; kSyntax: the server has no unique ids, or lists nonsense.
  Result<Listing> list() override;
  void expect(const std::vector<const Item*>& items) override;
  Status read(Item& item, std::string& wire) override;

 private:
  Status open();
  Status ask(std::uint64_t number);
  Status ask_ahead();
  void forget();

  profile::Account account_;
  SecretString password_;
  fetch::Way way_;
  const net::StopSignal* stop_;
  std::unique_ptr<net::StopSignal> never_;
  std::unique_ptr<fetch::Session> session_;
  std::vector<std::uint64_t> sizes_;    // By number, from 1, as LIST gave them.
  std::deque<std::uint64_t> expected_;  // Numbers that are to be asked for.
  std::deque<std::uint64_t> asked_;     // Numbers whose answers have not come.
};

}  // namespace restante::migrate
