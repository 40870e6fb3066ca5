#include <curl/curl.h>

#include <memory>

#include "base/ascii.h"
#include "base/check.h"
#include "fetch/hand_on_target.h"

namespace restante::fetch {
namespace {

using Curl = std::unique_ptr<CURL, void (*)(CURL*)>;
using CurlList = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

void init_curl() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  RESTANTE_CHECK(ready);
}

std::size_t read_piece(char* buffer, std::size_t size, std::size_t count, void* source) {
  const Result<std::size_t> got = static_cast<MessageReader*>(source)->read(buffer, size * count);
  return got ? *got : CURL_READFUNC_ABORT;
}

std::size_t drop_piece(char*, std::size_t size, std::size_t count, void*) { return size * count; }

int is_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const net::StopSignal*>(stop)->raised() ? 1 : 0;
}

void set_connection(CURL* curl, const HandOnCall& call) {
  const profile::HandOn& target = call.target;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
                   target.kind == profile::HandOn::Kind::kImap ? "imap,imaps" : "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_URL, target.target.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(
      curl, CURLOPT_USE_SSL,
      static_cast<long>(target.tls == profile::Tls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!target.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, target.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  // Of silence; a large message may take as long as it needs.
  const long seconds = static_cast<long>(target.timeout.count());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, seconds);
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, seconds);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<net::StopSignal*>(&call.stop));
}

void set_login(CURL* curl, const HandOnCall& call) {
  if (call.target.user.empty()) return;
  curl_easy_setopt(curl, CURLOPT_USERNAME, call.target.user.c_str());
  std::string secret(call.credential.secret.view());
  const bool token = call.credential.kind == sasl::CredentialKind::kToken;
  curl_easy_setopt(curl, token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, secret.c_str());
  wipe(secret);
}

Verdict judge(CURL* curl, CURLcode code, const HandOnCall& call) {
  if (code == CURLE_OK) return taken();
  if (call.stop.raised()) return {Verdict::Kind::kStopped, "stopped"};
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  std::string reason = call.target.target + ": " + curl_easy_strerror(code);
  if (reply > 0) reason += " (" + std::to_string(reply) + ")";
  // A login or a connection that fails says nothing about the message.
  const bool about_message = code != CURLE_LOGIN_DENIED && code != CURLE_COULDNT_CONNECT;
  return about_message && reply >= 500 ? refused(std::move(reason)) : later(std::move(reason));
}

}  // namespace

Verdict hand_on_by_curl(const HandOnCall& call) {
  init_curl();
  Result<MessageReader> reader = MessageReader::open(call.message);
  if (!reader) return verdict_of(reader.error());
  const Curl curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return later("no memory for a connection to " + call.target.target);
  set_connection(curl.get(), call);
  set_login(curl.get(), call);
  // RFC 5321 s.3.3: the envelope. An empty sender is "<>".
  const CurlList recipients(curl_slist_append(nullptr, call.target.recipient.c_str()),
                            curl_slist_free_all);
  if (call.target.kind == profile::HandOn::Kind::kSmtp) {
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, call.target.sender.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  }
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_INFILESIZE_LARGE,
                   static_cast<curl_off_t>(call.message.octets()));
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, read_piece);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &*reader);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, drop_piece);
  return judge(curl.get(), curl_easy_perform(curl.get()), call);
}

}  // namespace restante::fetch
