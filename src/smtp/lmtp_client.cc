#include "smtp/lmtp_client.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "mail/address.h"

namespace restante::smtp {
namespace {

// A reply's line has 512 octets (RFC 5321 s.4.5.3.1.5); extensions may say more.
constexpr std::size_t kLineBytesMax = 4096;
constexpr std::size_t kExtensionsBytesMax = 64U << 10;
constexpr std::size_t kSaidBytesMax = 200;

/// Of what a server says, for the log.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, kSaidBytesMax));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return is_control(c) || !is_ascii(c); }, '?');
  return out;
}

int code_of(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// What a recipient's reply means: the mailbox is full by the enhanced code alone.
Delivery verdict_of(int code, std::string_view text) {
  if (code / 100 == 2) return Delivery::kDone;
  if (code / 100 != 5) return Delivery::kTemporary;
  if (text.starts_with("5.2.2")) return Delivery::kOverQuota;
  return text.starts_with("5.4.6") ? Delivery::kLoop : Delivery::kRefused;
}

}  // namespace

LmtpClient::LmtpClient(LmtpRequest request)
    : request_(std::move(request)), answers_(request_.recipients.size()) {}

LmtpClient::Step LmtpClient::advance(std::string_view& input) {
  while (state_ != State::kOver) {
    const std::size_t end = input.find('\n');
    line_ += input.substr(0, end);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    if (line_.size() > kLineBytesMax) return stop("its line has no end");
    if (end == std::string_view::npos) return Step::kNeedInput;
    std::string line = std::exchange(line_, {});
    if (line.ends_with('\r')) line.pop_back();
    const Step step = take(line);
    if (step != Step::kNeedInput) return step;
  }
  return Step::kOver;
}

LmtpClient::Step LmtpClient::take(std::string_view line) {
  const int code = code_of(line);
  const bool goes_on = line.size() > 3 && line[3] == '-';
  if (code == 0 || (line.size() > 3 && line[3] != ' ' && !goes_on))
    return stop("its answer is none of LMTP: " + printable(line));
  const std::string_view text = line.substr(std::min<std::size_t>(line.size(), 4));
  if (goes_on) {
    if (state_ != State::kHello) return Step::kNeedInput;
    if (extensions_.size() > kExtensionsBytesMax) return stop("its LHLO has no end");
    extensions_ += to_upper(text) + "\n";
    return Step::kNeedInput;
  }
  if (code == 421) note_all(code, text);  // RFC 5321 s.3.8: at any moment.
  if (code == 421) return stop("it closes: " + printable(text));
  return take_reply(code, text);
}

LmtpClient::Step LmtpClient::take_reply(int code, std::string_view text) {
  switch (state_) {
    case State::kGreeting:
      if (code != 220) return stop("its greeting: " + printable(text));
      return say(State::kHello, "LHLO " + request_.hostname);
    case State::kHello: return have_extensions(code, text);
    case State::kStartTls:
      if (code != 220) return stop("STARTTLS: " + printable(text));
      return Step::kStartTls;
    case State::kSender:
      if (code / 100 != 2) {
        note_all(code, text);
        return stop("MAIL: " + printable(text));
      }
      return say(State::kRecipients, "RCPT TO:<" + mail::to_wire(request_.recipients[at_]) + ">");
    case State::kRecipients: return recipient_answered(code, text);
    case State::kData:
      if (code == 354) {
        state_ = State::kMessage;
        return Step::kSendMessage;
      }
      for (const std::size_t place : accepted_) note(place, code / 100 == 2 ? 450 : code, text);
      return stop("DATA: " + printable(text));
    case State::kAnswers: return message_answered(code, text);
    case State::kMessage:
    case State::kOver: break;
  }
  return stop("an answer to nothing: " + printable(text));
}

LmtpClient::Step LmtpClient::have_extensions(int code, std::string_view text) {
  if (code != 250) return stop("LHLO: " + printable(text));
  extensions_ = "\n" + extensions_ + to_upper(text) + "\n";
  if (has_tls_) return begin_mail();
  if (extensions_.find("\nSTARTTLS\n") != extensions_.npos)
    return say(State::kStartTls, "STARTTLS");
  if (request_.may_be_clear) return begin_mail();
  return stop("it offers no STARTTLS, and nothing goes there in the clear");
}

void LmtpClient::tls_started() {
  has_tls_ = true;
  line_.clear();
  extensions_.clear();  // RFC 3207 s.4.2: what came before does not count.
  static_cast<void>(say(State::kHello, "LHLO " + request_.hostname));
}

LmtpClient::Step LmtpClient::begin_mail() {
  const auto offers = [this](std::string_view name) {
    const std::string line = "\n" + std::string(name);
    const std::size_t at = extensions_.find(line);
    return at != extensions_.npos &&
           (extensions_[at + line.size()] == '\n' || extensions_[at + line.size()] == ' ');
  };
  if (request_.smtputf8 && !offers("SMTPUTF8")) {
    note_all(550, "5.6.7 it takes no SMTPUTF8");
    return stop("it takes no SMTPUTF8");
  }
  const std::string sender = request_.sender.empty() ? "" : mail::to_wire(request_.sender);
  std::string line = "MAIL FROM:<" + sender + ">";
  if (offers("SIZE")) line += " SIZE=" + std::to_string(request_.octets);
  if (offers("8BITMIME")) line += " BODY=8BITMIME";
  if (request_.smtputf8) line += " SMTPUTF8";
  return say(State::kSender, line);
}

LmtpClient::Step LmtpClient::recipient_answered(int code, std::string_view text) {
  if (code / 100 == 2)
    accepted_.push_back(at_);
  else
    note(at_, code, text);
  if (++at_ < request_.recipients.size())
    return say(State::kRecipients, "RCPT TO:<" + mail::to_wire(request_.recipients[at_]) + ">");
  at_ = 0;
  if (!accepted_.empty()) return say(State::kData, "DATA");
  static_cast<void>(say(State::kOver, "QUIT"));
  return Step::kOver;
}

LmtpClient::Step LmtpClient::message_answered(int code, std::string_view text) {
  note(accepted_[at_], code, text);
  if (++at_ < accepted_.size()) return Step::kNeedInput;
  static_cast<void>(say(State::kOver, "QUIT"));
  return Step::kOver;
}

LmtpClient::Step LmtpClient::say(State next, const std::string& line) {
  // What no envelope of ours has; it would be a command of its own.
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos)
    return stop("an address that cannot be said");
  output_ += line + "\r\n";
  state_ = next;
  return Step::kNeedInput;
}

LmtpClient::Step LmtpClient::stop(std::string trouble) {
  state_ = State::kOver;
  trouble_ = std::move(trouble);
  return Step::kOver;
}

void LmtpClient::note(std::size_t recipient, int code, std::string_view text) {
  answers_[recipient].verdict = verdict_of(code, text);
  answers_[recipient].said = std::to_string(code) + " " + printable(text);
}

void LmtpClient::note_all(int code, std::string_view text) {
  for (std::size_t i = 0; i < answers_.size(); ++i)
    if (answers_[i].said.empty()) note(i, code, text);
}

}  // namespace restante::smtp
