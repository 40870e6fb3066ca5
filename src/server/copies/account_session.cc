#include "server/copies/account_session.h"

#include "mail/address.h"
#include "migrate/formats/digests.h"
#include "server/common/disk_room.h"
#include "server/common/mail_watcher.h"
#include "server/delivery/quota.h"
#include "server/delivery/spool.h"
#include "server/elsewhere/homes.h"

namespace restante::server {
namespace {

using Kind = CopyVerdict::Kind;

constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::size_t kUidDigits = 40;

/// The same for the same message of the same account and target, for ever.
std::string uid_of(const CopyMessage& message, const std::string& target) {
  const std::string text = message.source + '\n' + message.uid + '\n' + target;
  return "c" + migrate::sha256_of(text).substr(0, kUidDigits);
}

CopyVerdict verdict_of(const Error& error) {
  const bool is_for_ever = error.code == Errc::kNotFound || error.code == Errc::kState ||
                           error.code == Errc::kSyntax || error.code == Errc::kAuth;
  return {is_for_ever ? Kind::kRefused : Kind::kLater, error.message()};
}

class AccountSession : public CopySession {
 public:
  AccountSession(Services& services, SettingsPtr settings, std::string address)
      : services_(services), settings_(std::move(settings)), address_(std::move(address)) {}

  CopyVerdict give(const CopyMessage& message) override {
    const auto accounts = services_.router.resolve(address_);
    if (!accounts) return verdict_of(accounts.error());
    Spool body(settings_->config.data_dir);
    if (const Status read = read_into(body, message); !read) return unreadable(read.error());
    for (const std::string& account : *accounts) {
      const Status delivered = deliver(account, message, body);
      if (!delivered && delivered.error().code != Errc::kExists)
        return verdict_of(delivered.error());
    }
    return {Kind::kTaken, "delivered here"};
  }

 private:
  static Status read_into(Spool& body, const CopyMessage& message) {
    body.append(message.beginning);
    std::string piece(kPieceBytes, '\0');
    for (;;) {
      if (body.needs_flush()) RESTANTE_CHECKED(body.flush());
      RESTANTE_TRY(const std::size_t got,
                   message.rest.read(std::as_writable_bytes(std::span(piece))));
      if (got == 0) return ok();
      body.append(std::string_view(piece).substr(0, got));
    }
  }

  Status deliver(const std::string& account, const CopyMessage& message, Spool& body) {
    const QuotaBook book(services_.directory, settings_->config);
    RESTANTE_TRY(const AccountTerms terms, book.terms_of(account));
    if (terms.route && terms.route->pop3 != kHere)
      return Error(Errc::kState, account + " lives on another server");
    const std::string& called = terms.called.empty() ? account : terms.called;
    std::string prefix = "Return-Path: <" +
                         (message.mail.sender.empty() ? "" : mail::to_wire(message.mail.sender)) +
                         ">\r\nDelivered-To: " + mail::to_wire(called) + "\r\n";
    const std::uint64_t octets = prefix.size() + message.octets();
    maildrop::NewMessage copy(std::move(prefix), body, octets);
    copy.arrived = services_.clock.now();
    copy.flags = message.info.flags;
    copy.quota = terms.quota;
    copy.uid = uid_of(message, account);
    RESTANTE_CHECKED(
        check_room(settings_->config.data_dir, settings_->config.maildrop.reserve, octets));
    RESTANTE_CHECKED(services_.store.deliver(account, copy));
    if (services_.mail_watcher != nullptr) services_.mail_watcher->delivered(account);
    return ok();
  }

  Services& services_;
  const SettingsPtr settings_;
  const std::string address_;
};

}  // namespace

std::unique_ptr<CopySession> make_account_session(Services& services, SettingsPtr settings,
                                                  const std::string& address) {
  return std::make_unique<AccountSession>(services, std::move(settings), address);
}

}  // namespace restante::server
