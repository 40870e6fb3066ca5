// A driver for tests and fuzzing: performs the effects of a server session on a maildrop in memory,
// and holds the session to its half of the contract (bounded output, input used up, nothing after
// Close). It does no I/O and knows no time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "mail/header_scanner.h"
#include "mail/top_cutter.h"
#include "mail/wire_codec.h"
#include "mail/wire_counter.h"
#include "pop3/server_session.h"
#include "sasl/base64.h"
#include "sasl/crypto.h"
#include "sasl/scram_keys.h"

namespace restante::pop3 {

struct MemoryMessage {
  /// `raw` is the message as a file holds it.
  MemoryMessage(std::string id, std::string_view raw) : uid(std::move(id)) {
    mail::DotStuffer stuffer(mail::BareLf::kKeep);
    stuffer.write(raw, wire);
    stuffer.finish(wire);
    mail::WireCounter counter;
    counter.write(wire);
    octets = counter.octets();
    mail::HeaderScanner header;
    header.feed(wire);
    needs_utf8 = header.has_8bit();
  }

  std::string uid;
  std::string wire;
  std::uint64_t octets = 0;
  bool needs_utf8 = false;
  std::optional<Errc> unreadable;
};

class MemoryListing final : public Listing {
 public:
  [[nodiscard]] std::uint32_t count() const override {
    return static_cast<std::uint32_t>(messages.size());
  }
  [[nodiscard]] std::uint64_t total_octets() const override {
    std::uint64_t total = 0;
    for (const MemoryMessage& message : messages) total += message.octets;
    return total;
  }
  [[nodiscard]] std::uint64_t octets(MessageNumber number) const override {
    return messages.at(to_index(number)).octets;
  }
  void append_uid(MessageNumber number, std::string& out) const override {
    out += messages.at(to_index(number)).uid;
  }
  [[nodiscard]] bool needs_utf8(MessageNumber number) const override {
    return messages.at(to_index(number)).needs_utf8;
  }

  std::vector<MemoryMessage> messages;
};

/// The answers that the driver must give.
struct MemoryWorld {
  ServerSettings settings = [] {
    ServerSettings nameless;
    nameless.implementation.clear();
    return nameless;
  }();
  Expire expire;                                 ///< Before a login.
  std::optional<std::uint32_t> own_expire_days;  ///< Of every account.
  Channel channel;
  MemoryListing maildrop;
  std::map<std::string, std::string> accounts;  ///< Name to password, which is the token, too.
  std::string certificate;                      ///< The account that the client's names.
  // The values of the example in RFC 7677 s.3.
  std::string nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  std::string salt = sasl::decode_base64("W22ZaJ0SNY7soEsUEjb6gQ==").value();
  std::optional<LoginFailure> login_failure;  ///< The answer to right credentials.
  bool commit_fails = false;
};

class MemoryDriver {
 public:
  /// `world` outlives the driver.
  explicit MemoryDriver(const MemoryWorld& world)
      : world_(world), session_(world.settings, world.channel) {
    collect();
  }

  /// Gives the session more input and performs its effects until it waits, wants TLS or is over.
  void feed(std::string_view input) {
    while (!closed_ && !wants_tls_) {
      const Effect effect = session_.advance(input);
      std::visit([&](const auto& wanted) { perform(wanted); }, effect);
      const bool waits = std::holds_alternative<NeedInput>(effect);
      if (waits || wants_tls_ || closed_) RESTANTE_CHECK(input.empty());
      if (waits) break;
    }
    collect();
  }
  /// The handshake is done.
  void start_tls() {
    RESTANTE_CHECK(wants_tls_);
    wants_tls_ = false;
    Channel channel = world_.channel;
    channel.tls = true;
    channel.plaintext_allowed = true;
    channel.may_name_client = may_name_client_;
    session_.tls_started(channel);
  }

  [[nodiscard]] const std::string& sent() const { return sent_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool wants_tls() const { return wants_tls_; }
  /// The lists of every Commit, failed ones left out.
  [[nodiscard]] const std::vector<std::vector<MessageNumber>>& commits() const { return commits_; }
  [[nodiscard]] const std::vector<Credentials>& logins() const { return logins_; }
  [[nodiscard]] ServerSession& session() { return session_; }

 private:
  void perform(const NeedInput&) {}
  void perform(const Flush&) {
    RESTANTE_CHECK(session_.output().size() >= limits::kOutputBytesMax);
    RESTANTE_CHECK(session_.output().size() < limits::kOutputBytesMax + 8192);
    collect();
  }
  void perform(const StartTls&) { wants_tls_ = true; }
  void perform(const Close&) { closed_ = true; }
  void perform(const Authenticate& wanted) {
    const Credentials& given = wanted.credentials;
    logins_.push_back(given);
    if (!is_right(given))
      session_.login_failed(LoginFailure::kWrong);
    else if (world_.login_failure)
      session_.login_failed(*world_.login_failure);
    else
      session_.logged_in(world_.maildrop, {world_.own_expire_days});
  }
  void perform(const FetchKeys& wanted) {
    const auto account = world_.accounts.find(wanted.name);
    const std::string password = account == world_.accounts.end() ? "made up" : account->second;
    session_.keys_found(sasl::derive_scram_keys(wanted.hash, password, world_.salt, 4096),
                        world_.nonce);
  }
  void perform(const NameClient& wanted) {
    if (!wanted.client) return;
    RESTANTE_CHECK(std::exchange(may_name_client_, false));
    Channel channel = world_.channel;
    channel.may_name_client = false;
    session_.client_named(channel);
  }
  void perform(const FindExpire&) { session_.expire_found(world_.expire); }
  [[nodiscard]] bool is_right(const Credentials& given) const {
    const std::string name = given.proof == Proof::kCertificate ? world_.certificate : given.name;
    const auto account = world_.accounts.find(name);
    if (account == world_.accounts.end()) return false;
    const std::string& password = account->second;
    if (!given.authorization.empty() && given.authorization != name) return false;
    const auto digested = [&given](const Result<std::string>& digest) {
      return digest && *digest == given.password.view();
    };
    switch (given.proof) {
      case Proof::kPassword:
      case Proof::kToken: return password == given.password.view();
      case Proof::kApop: return digested(sasl::md5_hex(given.challenge + password));
      case Proof::kCramMd5: return digested(sasl::hmac_md5_hex(password, given.challenge));
      case Proof::kCertificate:
      case Proof::kProven: return true;
      case Proof::kDisproven: break;
    }
    return false;
  }
  void perform(const SendMessage& wanted) {
    const MemoryMessage& message = world_.maildrop.messages.at(to_index(wanted.number));
    if (message.unreadable) return session_.message_opened(Error(*message.unreadable));
    session_.message_opened(ok());
    std::size_t bytes = message.wire.size();
    if (wanted.body_lines) bytes = mail::TopCutter(*wanted.body_lines).pass(message.wire);
    session_.output().append(message.wire, 0, bytes).append(mail::kFinalDot);
    collect();
  }
  void perform(const Commit& wanted) {
    if (world_.commit_fails) return session_.committed(Error(Errc::kIo));
    commits_.push_back(wanted.deleted);
    session_.committed(ok());
  }
  void collect() {
    sent_ += session_.output();
    session_.output().clear();
  }

  const MemoryWorld& world_;
  ServerSession session_;
  std::string sent_;
  std::vector<std::vector<MessageNumber>> commits_;
  std::vector<Credentials> logins_;
  bool may_name_client_ = world_.channel.may_name_client;
  bool closed_ = false;
  bool wants_tls_ = false;
};

}  // namespace restante::pop3
