// A MailLink over a connection that libcurl has opened, encrypted and logged in on.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <memory>

#include "base/ascii.h"
#include "fetch/hand_on/mail_link.h"
#include "fetch/outside/curl.h"

namespace restante::fetch {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kSaidMax = 500;

int is_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const net::StopSignal*>(stop)->raised() ? 1 : 0;
}

/// libcurl shows each line that the server says: the last one tells why it refuses.
std::size_t keep_line(char* line, std::size_t size, std::size_t count, void* kept) {
  std::string text(line, std::min(size * count, kSaidMax));
  for (char& c : text)
    if (is_control(c)) c = ' ';
  if (const std::string_view words = trim(text); !words.empty())
    *static_cast<std::string*>(kept) = words;
  return size * count;
}

/// Without the folder of IMAP, which libcurl would look for.
std::string server_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = url.find('/', scheme + 3);
  return url.substr(0, path) + "/";
}

class CurlLink : public MailLink {
 public:
  CurlLink(const HandOnTask& task, Curl curl) : task_(task), curl_(std::move(curl)) {}
  ~CurlLink() override {
    // libcurl would say goodbye once more, and wait for minutes for an answer to it.
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }
  CurlLink(const CurlLink&) = delete;
  CurlLink& operator=(const CurlLink&) = delete;

  HandOnVerdict open(std::chrono::seconds greeting) {
    set_connection(greeting);
    set_login();
    const CURLcode code = curl_easy_perform(curl_.get());
    if (code != CURLE_OK) return down_by(code);
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket);
    socket_ = socket;
    return socket == CURL_SOCKET_BAD ? down("the connection is gone") : taken();
  }

  Status write(std::string_view octets) override {
    const Clock::time_point end = Clock::now() + timeout_;
    while (!octets.empty()) {
      std::size_t sent = 0;
      const CURLcode code = curl_easy_send(curl_.get(), octets.data(), octets.size(), &sent);
      if (code == CURLE_OK)
        octets.remove_prefix(sent);
      else if (code != CURLE_AGAIN)
        return Error(Errc::kClosed, curl_easy_strerror(code));
      else
        RESTANTE_CHECKED(wait(POLLOUT, end));
    }
    return ok();
  }
  void set_timeout(std::chrono::seconds timeout) override { timeout_ = timeout; }
  Result<std::string_view> read() override {
    const Clock::time_point end = Clock::now() + timeout_;
    for (;;) {
      std::size_t got = 0;
      const CURLcode code = curl_easy_recv(curl_.get(), buffer_.data(), buffer_.size(), &got);
      if (code == CURLE_OK && got > 0) return std::string_view(buffer_.data(), got);
      // Also CURLE_OK without an octet, which is the connection's end.
      if (code != CURLE_AGAIN) return Error(Errc::kClosed, curl_easy_strerror(code));
      RESTANTE_CHECKED(wait(POLLIN, end));
    }
  }

 private:
  Status wait(short events, Clock::time_point end) {
    for (;;) {
      if (task_.stop.raised()) return Error(Errc::kState, "stopped");
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
      if (left <= 0) return Error(Errc::kTimeout, "");
      std::array<pollfd, 2> waits{{{socket_, events, 0}, {task_.stop.descriptor(), POLLIN, 0}}};
      if (::poll(waits.data(), waits.size(), static_cast<int>(left)) > 0 && waits[0].revents != 0)
        return ok();
    }
  }

  void set_connection(std::chrono::seconds greeting) {
    CURL* const curl = curl_.get();
    const profile::HandOn& target = task_.target;
    const bool imap = target.kind == profile::HandOn::Kind::kImap;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, imap ? "imap,imaps" : "smtp,smtps");
    const std::string url = imap ? server_of(target.target) : target.target;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    // Proxies of the environment are meant for web pages, and few of them let mail through.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    // There are several threads, and libcurl's alarm signal would reach any of them.
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(
        curl, CURLOPT_USE_SSL,
        static_cast<long>(target.tls == profile::Tls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    // ALL, not TRY: a server that offers no TLS gets neither the password nor the mail.
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!target.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, target.ca_file.c_str());
      // Else the system's authorities would count beside the configured one.
      curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    const long seconds = static_cast<long>(greeting.count());
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<net::StopSignal*>(&task_.stop));
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_line);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &said_);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_.data());
  }

  void set_login() {
    if (task_.target.user.empty()) return;
    curl_easy_setopt(curl_.get(), CURLOPT_USERNAME, task_.target.user.c_str());
    std::string secret(task_.credential.secret.view());
    const bool token = task_.credential.kind == sasl::CredentialKind::kToken;
    curl_easy_setopt(curl_.get(), token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
                     secret.c_str());
    wipe(secret);
  }

  HandOnVerdict down_by(CURLcode code) const {
    if (task_.stop.raised()) return {HandOnVerdict::Kind::kStopped, "stopped"};
    std::string reason = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
    // The server's last words are the reason, if the server ended it.
    const bool by_server = code == CURLE_LOGIN_DENIED || code == CURLE_WEIRD_SERVER_REPLY ||
                           code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_USE_SSL_FAILED;
    if (by_server && !said_.empty()) reason += fmt::format(" (the server says: {})", said_);
    return down(std::move(reason));
  }

  const HandOnTask& task_;
  std::string said_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::array<char, 16U << 10> buffer_{};
  Curl curl_;  // Destroyed first: it writes to the members above.
  int socket_ = -1;
  std::chrono::seconds timeout_{60};
};

}  // namespace

LinkResult link_by_curl(const HandOnTask& task, std::chrono::seconds greeting) {
  auto curl = new_curl();
  if (!curl) return {nullptr, down(curl.error().detail)};
  auto link = std::make_unique<CurlLink>(task, std::move(*curl));
  HandOnVerdict verdict = link->open(greeting);
  if (verdict.kind != HandOnVerdict::Kind::kTaken) return {nullptr, std::move(verdict)};
  return {std::move(link), {}};
}

}  // namespace restante::fetch
