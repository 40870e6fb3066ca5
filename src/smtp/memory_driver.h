// A driver in memory for tests and fuzz targets: answers a session's effects from tables and keeps
// what was delivered. It also holds the session to its contract: a spool is begun before it is
// written, wire form is well formed, octets are counted right, nothing is asked for in vain.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "smtp/server_session.h"

namespace restante::smtp {

class MemoryDriver {
 public:
  struct Mail {
    Deliver request;
    std::string wire;
  };

  /// `settings` is not owned and outlives the driver.
  MemoryDriver(const ServerSettings& settings, Channel channel)
      : session_(settings, channel), settings_(settings), channel_(channel) {}

  std::map<std::string, Recipient> recipients;
  Recipient other_recipients = Recipient::kUnknown;
  bool checks_newlines = true;  ///< Of what is spooled; a benchmark counts without it.
  std::map<std::string, Delivery> deliveries;  ///< Others: kDone.
  std::size_t spool_bytes_max = std::numeric_limits<std::size_t>::max();

  /// Bytes from the peer. Thrown away once the session is closed or waits for the TLS handshake.
  void feed(std::string_view bytes) {
    while (!closed_ && !tls_wanted_ && perform(bytes)) {
    }
  }
  void handshake() {
    RESTANTE_CHECK(tls_wanted_);
    tls_wanted_ = false;
    channel_.tls = true;
    channel_.starttls_available = false;
    session_.tls_started(channel_);
    feed({});
  }

  /// How often it was to wait.
  [[nodiscard]] std::size_t slowed() const { return slowed_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool tls_wanted() const { return tls_wanted_; }
  [[nodiscard]] const std::vector<Mail>& mails() const { return mails_; }
  /// Everything sent so far.
  std::string sent() { return sent_ + session_.output(); }
  ServerSession& session() { return session_; }

 private:
  // False when the session waits for more.
  bool perform(std::string_view& input) {
    Effect effect = session_.advance(input);
    sent_ += session_.output();
    session_.output().clear();
    if (std::holds_alternative<NeedInput>(effect)) {
      RESTANTE_CHECK(input.empty());
      return false;
    }
    std::visit([this](auto& wanted) { answer(wanted); }, effect);
    return true;
  }

  void answer(const NeedInput&) {}
  void answer(const Flush&) {}
  void answer(const SlowDown&) { ++slowed_; }
  void answer(const Close&) { closed_ = true; }
  void answer(const StartTls&) { tls_wanted_ = true; }
  void answer(const NameClient& wanted) {
    RESTANTE_CHECK(!wanted.client || std::exchange(channel_.may_name_client, false));
    if (wanted.client) channel_.may_give_uid = false;
  }
  void answer(const CheckRecipient& wanted) {
    const auto found = recipients.find(wanted.address);
    session_.recipient_checked(found == recipients.end() ? other_recipients : found->second);
  }
  void answer(const StorePiece& piece) {
    RESTANTE_CHECK(piece.first || spool_begun_);
    if (piece.first) spool_.clear();
    spool_begun_ = true;
    if (spool_.size() + piece.bytes.size() > spool_bytes_max) {
      session_.piece_stored(Error(Errc::kIo, "no space"));
      return;
    }
    spool_ += piece.bytes;
    session_.piece_stored(ok());
  }
  void answer(const Deliver& wanted) {
    RESTANTE_CHECK(std::exchange(spool_begun_, false));
    check_wire(wanted.octets);
    std::vector<Outcome> outcomes;
    for (const std::string& name : wanted.envelope.recipients) {
      const auto found = deliveries.find(name);
      outcomes.emplace_back(found == deliveries.end() ? Delivery::kDone : found->second);
    }
    RESTANTE_CHECK(!outcomes.empty());
    const bool is_allowed = channel_.may_give_uid && outcomes.size() == 1;
    RESTANTE_CHECK(wanted.envelope.uid.empty() || is_allowed);
    mails_.push_back({wanted, spool_});
    // One at a time: what is told must not depend on it.
    for (const Outcome& outcome : outcomes) session_.delivered({outcome});
  }

  static std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
      ++found;
    return found;
  }

  // The store and POP3 rely on this: lines end in CRLF, no line is a lone dot, octets are exact.
  void check_wire(std::uint64_t octets) const {
    const std::string wire = "\r\n" + spool_;
    RESTANTE_CHECK(wire.ends_with("\r\n"));
    RESTANTE_CHECK(wire.find("\r\n.\r\n") == std::string::npos);
    if (checks_newlines && settings_.bare_newlines != BareNewlines::kKeep)
      RESTANTE_CHECK(count(wire, "\r") == count(wire, "\r\n") &&
                     count(wire, "\n") == count(wire, "\r\n"));
    std::uint64_t stuffed = 0;
    for (auto at = wire.find("\r\n."); at != std::string::npos; at = wire.find("\r\n.", at + 2))
      ++stuffed;
    RESTANTE_CHECK(octets == spool_.size() - stuffed);
    RESTANTE_CHECK(octets <= settings_.message_bytes_max);
  }

  ServerSession session_;
  const ServerSettings& settings_;
  Channel channel_;
  std::string sent_;
  std::string spool_;
  bool spool_begun_ = false;
  std::size_t slowed_ = 0;
  bool closed_ = false;
  bool tls_wanted_ = false;
  std::vector<Mail> mails_;
};

}  // namespace restante::smtp
