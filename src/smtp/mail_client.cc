#include "smtp/mail_client.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "mail/address.h"
#include "mail/xtext.h"

namespace restante::smtp {
namespace {

using AnswerKind = MailAnswer::Kind;
using Tls = MailHost::Tls;

constexpr std::string_view kTheMessage = "the message";

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_ascii);
}

/// It would be a command of its own.
bool ends_a_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

std::string said_by(const ServerReply& reply) {
  const std::string text = reply.text();
  return std::to_string(reply.code) + (text.empty() ? "" : " ") + text;
}

}  // namespace

std::string to_text(const MailAnswer& answer) {
  return answer.step.empty() ? answer.said : answer.step + ": " + answer.said;
}

Delivery to_delivery(const MailAnswer& answer) {
  if (answer.kind == AnswerKind::kTaken) return Delivery::kDone;
  if (answer.kind != AnswerKind::kRefused) return Delivery::kTemporary;
  // The enhanced code, behind the code: the mailbox is full by it alone.
  const std::string_view enhanced =
      std::string_view(answer.said).substr(std::min<std::size_t>(answer.said.size(), 4));
  if (enhanced.starts_with("5.2.2")) return Delivery::kOverQuota;
  return enhanced.starts_with("5.4.6") ? Delivery::kLoop : Delivery::kRefused;
}

MailClient::MailClient(MailHost host) : host_(std::move(host)) {
  if (host_.is_greeted) state_ = State::kReady;
}

MailClient::Step MailClient::advance(std::string_view& input) {
  for (;;) {
    // What the driver has to do first.
    if (state_ == State::kHandshake) return Step::kStartTls;
    if (state_ == State::kReady) return Step::kReady;
    if (state_ == State::kMessage) return Step::kSendMessage;
    if (state_ == State::kOver) return Step::kOver;
    const auto reply = reader_.take(input);
    if (!reply) {
      stop(reply.error().detail);
      continue;
    }
    if (!*reply) return Step::kNeedInput;
    take(**reply);
  }
}

void MailClient::take(const ServerReply& reply) {
  // RFC 5321 s.3.8: at any moment. Before the message it says nothing of the mail.
  const bool closes = reply.code == 421 && state_ != State::kAnswers && state_ != State::kCut;
  if (closes) return stop(awaited_ + ": " + said_by(reply));
  switch (state_) {
    case State::kGreeting:
    case State::kHello:
    case State::kOldHello:
    case State::kStartTls: return take_hello(reply);
    case State::kReset:
      if (reply.code / 100 == 2) return say_sender();
      return stop(awaited_ + ": " + said_by(reply));
    case State::kSender:
      if (is_out_of_step(reply)) return;
      if (reply.code / 100 == 2) return say_recipient();
      note_all(reply);
      return mail_is_over(true);
    case State::kRecipients: return recipient_answered(reply);
    case State::kData: return data_answered(reply);
    case State::kAnswers: return message_answered(reply);
    case State::kCut:
      if (reply.code >= 400)
        for (const std::size_t place : accepted_) note(place, reply);
      return stop(trouble_);
    case State::kQuit: return stop({});
    case State::kHandshake:
    case State::kReady:
    case State::kMessage:
    case State::kOver: break;  // Nothing is read then.
  }
}

void MailClient::take_hello(const ServerReply& reply) {
  const bool is_lmtp = host_.dialect == Dialect::kLmtp;
  if (state_ == State::kGreeting && reply.code == 220) return say_hello();
  if (state_ == State::kStartTls && reply.code == 220) {
    state_ = State::kHandshake;
    return;
  }
  // RFC 5321 s.3.2: a server that knows no EHLO may know HELO. It has no STARTTLS.
  if (state_ == State::kHello && reply.code / 100 == 5 && !is_lmtp && host_.tls != Tls::kNeeded)
    return say(State::kOldHello, "HELO " + host_.hostname);
  const bool is_hello = state_ == State::kHello || state_ == State::kOldHello;
  if (!is_hello || reply.code != 250) return stop(awaited_ + ": " + said_by(reply));
  // The first line is the server's name.
  if (state_ == State::kHello)
    for (std::size_t i = 1; i < reply.lines.size(); ++i)
      extensions_.push_back(to_upper(reply.lines[i]));
  const bool wants_tls = !has_tls_ && host_.tls != Tls::kNever;
  if (wants_tls && offers("STARTTLS")) return say(State::kStartTls, "STARTTLS");
  if (wants_tls && host_.tls == Tls::kNeeded)
    return stop("it offers no STARTTLS, and nothing goes there in the clear");
  state_ = State::kReady;
}

void MailClient::say_hello() {
  extensions_.clear();
  const std::string verb = host_.dialect == Dialect::kLmtp ? "LHLO " : "EHLO ";
  say(State::kHello, verb + host_.hostname);
}

void MailClient::tls_started() {
  RESTANTE_CHECK(state_ == State::kHandshake);
  has_tls_ = true;
  reader_ = ReplyReader();  // RFC 3207 s.4.2: what came before does not count.
  say_hello();
}

void MailClient::next(MailRequest request) {
  RESTANTE_CHECK(state_ == State::kReady && !request.recipients.empty());
  request_ = std::move(request);
  answers_.assign(request_.recipients.size(), MailAnswer());
  accepted_.clear();
  at_ = 0;
  if (refuse_here()) return;
  if (std::exchange(needs_reset_, false)) return say(State::kReset, "RSET");
  say_sender();
}

/// What this server can't be given at all.
bool MailClient::refuse_here() {
  MailAnswer answer;
  bool is_utf8 = !is_plain_ascii(request_.sender);
  bool ends_line = ends_a_line(request_.sender);
  for (const std::string& recipient : request_.recipients) {
    is_utf8 |= !is_plain_ascii(recipient);
    ends_line |= ends_a_line(recipient);
  }
  request_.smtputf8 |= is_utf8;
  if (ends_line)
    answer = {AnswerKind::kRefused, {}, "an address that cannot be said"};
  else if (request_.smtputf8 && !offers("SMTPUTF8"))
    answer = {AnswerKind::kRefused, {}, "550 5.6.7 it takes no SMTPUTF8"};
  else if (!request_.keep_uid.empty() && !offers("XUID"))
    answer.said = "it gives messages no unique ids of ours: its answer to the hello has no XUID";
  else
    return false;
  answers_.assign(answers_.size(), answer);
  return true;
}

void MailClient::say_sender() {
  const std::string sender = request_.sender.empty() ? "" : mail::to_wire(request_.sender);
  const std::string path = "MAIL FROM:<" + sender + ">";
  std::string parameters;
  if (offers("SIZE")) parameters += " SIZE=" + std::to_string(request_.octets);
  if (offers("8BITMIME")) parameters += " BODY=8BITMIME";
  if (request_.smtputf8) parameters += " SMTPUTF8";
  say(State::kSender, path + parameters);
  awaited_ = path;
}

void MailClient::say_recipient() {
  const std::string path = "RCPT TO:<" + mail::to_wire(request_.recipients[at_]) + ">";
  const std::string& uid = request_.keep_uid;
  say(State::kRecipients, path + (uid.empty() ? "" : " XUID=" + mail::encode_xtext(uid)));
  awaited_ = path;
}

void MailClient::recipient_answered(const ServerReply& reply) {
  if (is_out_of_step(reply)) return;
  if (reply.code / 100 == 2)
    accepted_.push_back(at_);
  else
    note(at_, reply);
  if (++at_ < request_.recipients.size()) return say_recipient();
  at_ = 0;
  if (accepted_.empty()) return mail_is_over(true);
  say(State::kData, "DATA");
}

void MailClient::data_answered(const ServerReply& reply) {
  if (reply.code == 354) {
    state_ = State::kMessage;
    return;
  }
  // A 2xx is no delivery: there was no message yet.
  if (reply.code < 400) return stop(awaited_ + ": " + said_by(reply));
  for (const std::size_t place : accepted_) note(place, reply);
  mail_is_over(true);
}

void MailClient::message_sent() {
  RESTANTE_CHECK(state_ == State::kMessage);
  for (const std::size_t place : accepted_) answers_[place].kind = AnswerKind::kUnanswered;
  state_ = State::kAnswers;
  awaited_ = "the end of the message";
}

void MailClient::message_cut(const std::string& why) {
  RESTANTE_CHECK(state_ == State::kMessage);
  for (const std::size_t place : accepted_) answers_[place] = {AnswerKind::kLater, {}, why};
  state_ = State::kCut;
  awaited_ = kTheMessage;
  trouble_ = why;
}

/// LMTP has an answer for each recipient that was accepted, SMTP one for all.
void MailClient::message_answered(const ServerReply& reply) {
  awaited_ = kTheMessage;
  const bool is_for_all = host_.dialect == Dialect::kSmtp || reply.code == 421;
  const std::size_t end = is_for_all ? accepted_.size() : at_ + 1;
  // What is neither yes nor no leaves it open.
  if (is_out_of_step(reply)) return;
  for (; at_ < end; ++at_) note(accepted_[at_], reply);
  awaited_ = "the end of the message";
  if (reply.code == 421) return stop(std::string(kTheMessage) + ": " + said_by(reply));
  if (at_ == accepted_.size()) mail_is_over(false);
}

void MailClient::mail_is_over(bool needs_reset) {
  needs_reset_ = needs_reset;
  state_ = State::kReady;
}

void MailClient::quit() {
  RESTANTE_CHECK(state_ == State::kReady);
  say(State::kQuit, "QUIT");
}

void MailClient::say(State next, const std::string& line) {
  output_ += line + "\r\n";
  awaited_ = line;
  state_ = next;
}

void MailClient::stop(std::string trouble) {
  state_ = State::kOver;
  trouble_ = std::move(trouble);
  for (MailAnswer& answer : answers_)
    if (answer.said.empty()) answer.said = trouble_;
}

/// An answer that is no verdict: what the replies belong to is not known any more.
bool MailClient::is_out_of_step(const ServerReply& reply) {
  const bool is_verdict = reply.code / 100 == 2 || reply.code >= 400;
  if (!is_verdict) stop(awaited_ + ": " + said_by(reply));
  return !is_verdict;
}

bool MailClient::offers(std::string_view extension) const {
  return std::any_of(extensions_.begin(), extensions_.end(), [extension](const std::string& line) {
    return line.starts_with(extension) &&
           (line.size() == extension.size() || line[extension.size()] == ' ');
  });
}

std::chrono::seconds MailClient::patience() const {
  constexpr std::chrono::seconds kCommand{300};
  constexpr std::chrono::seconds kData{120};
  constexpr std::chrono::seconds kEnd{600};
  if (state_ == State::kData) return kData;
  return state_ == State::kAnswers ? kEnd : kCommand;
}

void MailClient::note(std::size_t recipient, const ServerReply& reply) {
  MailAnswer& answer = answers_[recipient];
  const int kind = reply.code / 100;
  answer.kind = kind == 2   ? AnswerKind::kTaken
                : kind == 4 ? AnswerKind::kLater
                            : AnswerKind::kRefused;
  answer.step = awaited_;
  answer.said = said_by(reply);
}

void MailClient::note_all(const ServerReply& reply) {
  for (std::size_t i = 0; i < answers_.size(); ++i) note(i, reply);
}

}  // namespace restante::smtp
