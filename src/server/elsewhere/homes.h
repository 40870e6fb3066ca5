// Where accounts live that are not here: the servers that the configuration names, each with the
// means for TLS with it, and the server of each account. An account is where its own route says;
// without one, where its domain's accounts are; else here.
//
// Made once, before the sandbox, since it reads files. Immutable but for its counts; callable from
// any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/directory.h"
#include "base/result.h"
#include "net/tls_client.h"
#include "server/elsewhere/mail_under_way.h"
#include "server/measures/exposition.h"
#include "server/outgoing/far_place.h"
#include "server/settings/config.h"

namespace restante::server {

/// The route of an account that is here, also where the accounts of its domain are elsewhere.
inline constexpr std::string_view kHere = "here";

/// A server that accounts are at.
struct FarServer {
  std::string name;  ///< "pop3s://old.example:995".
  FarPlace place;
  bool implicit_tls = false;
  bool proxy_protocol = false;
  std::shared_ptr<net::TlsClientContext> tls;
  Counter sessions;  ///< Logged in there.
  Counter failures;  ///< Could not be asked.
};

/// The server that takes their mail.
struct FarIntake {
  std::string name;  ///< "old.example:24".
  FarPlace place;
  std::shared_ptr<net::TlsClientContext> tls;
  Counter mails;     ///< Recipients whose mail it has taken.
  Counter failures;  ///< Recipients whose mail it has not.
};

struct Home {
  FarServer* server = nullptr;
  FarIntake* intake = nullptr;  ///< Null: their mail is kept here.
  bool is_left = false;         ///< Its mail is on its way here: accounts::kMovingFrom.
};

class Homes {
 public:
  /// Errors: kIo, kSyntax (a file that is of no use).
  static Result<std::unique_ptr<Homes>> load(const std::vector<settings::FarServer>& servers);

  /// Everybody without a route is here.
  [[nodiscard]] bool is_empty() const { return servers_.empty(); }
  /// nullopt: it is here. Errors: kState (its route names a server that is not configured).
  [[nodiscard]] Result<std::optional<Home>> of_account(const accounts::Account& account) const;
  /// The same, of an account by its route and by its shown name.
  [[nodiscard]] Result<std::optional<Home>> of_route(const accounts::Route* route,
                                                     std::string_view called) const;
  /// Of a canonical name that no account has. nullopt: that domain has no accounts elsewhere.
  [[nodiscard]] std::optional<Home> of_name(std::string_view name) const;

  /// The place of one more session of this account that is passed on, for as long as it lasts;
  /// null: there are too many, as when two servers pass it on to each other.
  [[nodiscard]] std::shared_ptr<const void> enter(const std::string& account) const;

  /// The mail that is handed on, or may be.
  [[nodiscard]] MailUnderWay& mail() const { return *mail_; }

  /// Adds a line to a metrics page for each counter of each server.
  void write(Exposition& page) const;

 private:
  struct Sessions;

  Homes();

  std::map<std::string, std::unique_ptr<FarServer>, std::less<>> servers_;
  std::map<std::string, std::unique_ptr<FarIntake>, std::less<>> intakes_;
  std::map<std::string, Home, std::less<>> domains_;
  std::shared_ptr<Sessions> sessions_;
  std::unique_ptr<MailUnderWay> mail_ = std::make_unique<MailUnderWay>();
};

/// All places that the configuration names: where the outgoing process may connect.
std::vector<FarPlace> configured_places(const settings::Config& config);

}  // namespace restante::server
