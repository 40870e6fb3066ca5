// Hands messages on to a Gmail mailbox: by its import over HTTPS, with an access token.
#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>

#include "base/ascii.h"
#include "base/check.h"
#include "fetch/hand_on/hand_on_target.h"
#include "fetch/outside/curl.h"
#include "fetch/secrets/oauth_http.h"

namespace restante::fetch {
namespace {

namespace json = boost::json;
using CurlList = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

constexpr std::string_view kGoogle = "https://gmail.googleapis.com";
// The provider that mail is collected from looks for spam; mail that it let through must not
// vanish.
constexpr std::string_view kImport =
    "/upload/gmail/v1/users/me/messages/import?uploadType=multipart&internalDateSource=dateHeader"
    "&neverMarkSpam=true";
constexpr long kConnectSeconds = 60;
constexpr std::size_t kAnswerMax = 256U << 10;
constexpr std::size_t kTextMax = 500;

/// Nothing that a message could have in it by chance, or on purpose.
std::string random_boundary() {
  std::array<unsigned char, 16> bytes{};
  RESTANTE_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == 16);
  std::string text = "restante-";
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

/// The request's body (RFC 2387): the labels as JSON, then the message as it was received.
class Upload {
 public:
  Upload(const HandOnMessage& message, const net::StopSignal& stop, const std::string& labels,
         const std::string& boundary)
      : stop_(stop),
        message_(message),
        head_(fmt::format("--{0}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{1}\r\n"
                          "--{0}\r\nContent-Type: message/rfc822\r\n\r\n",
                          boundary, labels)),
        tail_(fmt::format("\r\n--{}--\r\n", boundary)) {}

  [[nodiscard]] std::uint64_t octets() const {
    return head_.size() + message_.octets() + tail_.size();
  }
  [[nodiscard]] bool is_sent() const { return sent_ == octets(); }
  [[nodiscard]] const std::string& answer() const { return answer_; }

  Status rewind() {
    // libcurl sends a body again when a kept connection turns out to be closed.
    RESTANTE_TRY(MessageReader reader, MessageReader::open(message_));
    reader_.emplace(std::move(reader));
    sent_ = 0;
    answer_.clear();
    return ok();
  }

  static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* upload) {
    return static_cast<Upload*>(upload)->fill(buffer, size * count);
  }
  static int seek(void* upload, curl_off_t offset, int origin) {
    const bool to_begin = offset == 0 && origin == SEEK_SET;
    return to_begin && static_cast<Upload*>(upload)->rewind() ? CURL_SEEKFUNC_OK
                                                              : CURL_SEEKFUNC_FAIL;
  }
  static std::size_t take(char* piece, std::size_t size, std::size_t count, void* upload) {
    std::string& answer = static_cast<Upload*>(upload)->answer_;
    if (answer.size() + size * count > kAnswerMax) return 0;
    answer.append(piece, size * count);
    return size * count;
  }
  static int go_on(void* upload, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Upload*>(upload)->stop_.raised() ? 1 : 0;
  }

 private:
  std::size_t fill(char* buffer, std::size_t size) {
    const std::uint64_t body_end = head_.size() + message_.octets();
    std::size_t count = 0;
    if (sent_ < head_.size()) {
      count = head_.copy(buffer, size, static_cast<std::size_t>(sent_));
    } else if (sent_ < body_end) {
      const Result<std::size_t> got = reader_->read(buffer, size);
      if (!got || *got == 0) return CURL_READFUNC_ABORT;
      count = *got;
    } else {
      count = tail_.copy(buffer, size, static_cast<std::size_t>(sent_ - body_end));
    }
    sent_ += count;
    return count;
  }

  const net::StopSignal& stop_;
  const HandOnMessage& message_;
  const std::string head_;
  const std::string tail_;
  std::optional<MessageReader> reader_;
  std::uint64_t sent_ = 0;
  std::string answer_;
};

struct Refusal {
  std::string text;
  std::string reason;  ///< "rateLimitExceeded" and the like.
};

/// Google's error object: what it says to people, and one word for programs.
Refusal read_refusal(const std::string& answer) {
  Refusal refusal;
  boost::system::error_code failed;
  const json::value value = json::parse(answer, failed);
  const json::object* const whole = failed ? nullptr : value.if_object();
  const json::value* const error = whole == nullptr ? nullptr : whole->if_contains("error");
  if (error == nullptr || !error->is_object()) return refusal;
  const json::object& object = error->get_object();
  refusal.text = text_of(object, "message").substr(0, kTextMax);
  for (char& c : refusal.text)
    if (is_control(c)) c = ' ';
  const json::value* const errors = object.if_contains("errors");
  if (errors != nullptr && errors->is_array() && !errors->get_array().empty() &&
      errors->get_array()[0].is_object())
    refusal.reason = text_of(errors->get_array()[0].get_object(), "reason");
  return refusal;
}

class GmailSession : public HandOnSession {
 public:
  explicit GmailSession(const HandOnTask& task)
      : task_(task),
        url_((task.target.target.empty() ? std::string(kGoogle) : task.target.target) +
             std::string(kImport)),
        boundary_(random_boundary()),
        headers_(nullptr, curl_slist_free_all),
        curl_(nullptr, curl_easy_cleanup) {
    json::array labels;
    for (const std::string& label : task.target.labels) labels.emplace_back(label);
    if (labels.empty())
      for (const char* const usual : {"INBOX", "UNREAD"}) labels.emplace_back(usual);
    labels_ = json::serialize(json::object{{"labelIds", std::move(labels)}});
  }

  HandOnVerdict give(const HandOnMessage& message) override {
    if (!curl_)
      if (const Status begun = begin(); !begun) return down(begun.error().detail);
    Upload upload(message, task_.stop, labels_, boundary_);
    if (const Status status = upload.rewind(); !status) return verdict_of(status.error());
    CURL* const curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(upload.octets()));
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &upload);
    const CURLcode code = curl_easy_perform(curl);
    return code == CURLE_OK ? judge(upload) : lost(code, upload);
  }

 private:
  /// One handle, and so one connection, for all messages.
  Status begin() {
    RESTANTE_TRY(Curl made, new_curl());
    curl_ = std::move(made);
    CURL* const curl = curl_.get();
    set_http_safety(curl, url_, task_.target.ca_file);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
                     static_cast<long>(patience_with(task_.target).count()));
    set_request();
    return ok();
  }

  void set_request() {
    CURL* const curl = curl_.get();
    const std::string type = "Content-Type: multipart/related; boundary=" + boundary_;
    headers_.reset(curl_slist_append(nullptr, type.c_str()));
    // Without "100-continue": it costs a round trip for each message, and a second where a proxy
    // drops it.
    curl_slist_append(headers_.get(), "Expect:");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, Upload::read);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, Upload::seek);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Upload::take);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, Upload::go_on);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    std::string token(task_.credential.secret.view());
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token.c_str());
    wipe(token);
  }

  HandOnVerdict lost(CURLcode code, const Upload& upload) const {
    const bool is_answered = code == CURLE_WRITE_ERROR;
    if (upload.is_sent() && !is_answered) return unanswered(curl_easy_strerror(code));
    if (task_.stop.raised()) return {HandOnVerdict::Kind::kStopped, "stopped"};
    std::string reason = fmt::format("Gmail: {}", curl_easy_strerror(code));
    const bool is_offered = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
                            code == CURLE_WRITE_ERROR || code == CURLE_GOT_NOTHING;
    return is_offered ? later(std::move(reason)) : down(std::move(reason));
  }

  HandOnVerdict judge(const Upload& upload) const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) return taken();
    const Refusal refusal = read_refusal(upload.answer());
    std::string reason = fmt::format("Gmail: {} {}", status, refusal.text);
    if (status == 401) reason += "; log in again: restante account login";
    if (refusal.reason == "insufficientPermissions")
      reason += "; the login needs the scope https://www.googleapis.com/auth/gmail.insert";
    if (status == 400 || status == 413) return refused(std::move(reason));
    // Any other 4xx is of the login or of a quota of requests, and so of every message.
    return status >= 500 ? later(std::move(reason)) : down(std::move(reason));
  }

  const HandOnTask& task_;
  const std::string url_;
  const std::string boundary_;
  std::string labels_;
  CurlList headers_;
  Curl curl_;
};

}  // namespace

std::unique_ptr<HandOnSession> gmail_session(const HandOnTask& task) {
  return std::make_unique<GmailSession>(task);
}

}  // namespace restante::fetch
