#include "accounts/ldap/link.h"

#include <fcntl.h>
#include <ldap.h>
#include <openldap.h>
#include <unistd.h>

#include "accounts/ldap/certificate_fault.h"
#include "accounts/ldap/dial.h"
#include "accounts/ldap/quiet_pipe.h"
#include "accounts/passwords/password.h"
#include "base/ascii.h"

namespace restante::accounts::ldap {
namespace {

// Debian's file, since libldap there has none by default.
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::uint16_t kPort = 389;
constexpr std::uint16_t kTlsPort = 636;

timeval to_timeval(std::chrono::milliseconds time) {
  timeval out{};
  out.tv_sec = time.count() / 1000;
  out.tv_usec = time.count() % 1000 * 1000;
  return out;
}

/// Whether the code tells of the user that binds, and not of the server.
bool is_refusal(int code) {
  switch (code) {
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_CONSTRAINT_VIOLATION:  // 389 Directory Server: too many wrong passwords.
    case LDAP_UNWILLING_TO_PERFORM:  // The same: the account is inactive.
      return true;
    default: return false;
  }
}

/// Negative codes are our own failures; the others here are a server's that cannot go on.
bool ends_connection(int code) {
  return code < 0 || code == LDAP_UNAVAILABLE || code == LDAP_BUSY ||
         code == LDAP_TIMELIMIT_EXCEEDED;
}

struct MessageFree {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, MessageFree>;

struct UrlFree {
  void operator()(LDAPURLDesc* url) const { ldap_free_urldesc(url); }
};
using Url = std::unique_ptr<LDAPURLDesc, UrlFree>;

}  // namespace

Result<std::unique_ptr<Link>> Link::open(const Settings& settings, const std::string& uri,
                                         Patience patience) {
  // libldap writes to its socket without MSG_NOSIGNAL.
  const QuietPipe quiet;
  std::unique_ptr<Link> made(new Link(settings, uri));
  RESTANTE_CHECKED(made->connect(patience));
  RESTANTE_CHECKED(made->set_up(Trust::kChecked));
  // Before anything else is said over it.
  RESTANTE_CHECKED(made->start_tls(patience, Trust::kChecked));
  return made;
}

Link::~Link() {
  const QuietPipe quiet;
  if (handle_ != nullptr) ldap_unbind_ext_s(handle_, nullptr, nullptr);
}

Status Link::connect(Patience patience) {
  patience_ = patience;
  LDAPURLDesc* parsed = nullptr;
  int code = ldap_url_parse(uri_.c_str(), &parsed);
  const Url url(parsed);
  if (code != LDAP_SUCCESS) return Error(Errc::kSyntax, uri_ + ": is no URI of an LDAP server");
  place_.scheme = to_lower(url->lud_scheme);
  if (place_.scheme == "ldapi") {
    code = ldap_initialize(&handle_, uri_.c_str());
    return code == LDAP_SUCCESS ? ok() : Status(failure("connect", code));
  }
  // Without a host libldap takes this one.
  place_.host = url->lud_host != nullptr ? url->lud_host : "localhost";
  const std::uint16_t usual = place_.scheme == "ldaps" ? kTlsPort : kPort;
  place_.port = url->lud_port == 0 ? usual : static_cast<std::uint16_t>(url->lud_port);
  const auto fd = dial(place_.host, place_.port, patience);
  if (!fd && fd.error().code == Errc::kTimeout) return failure("connect", LDAP_TIMEOUT);
  if (!fd) return Error(Errc::kIo, uri_ + ": connect: " + fd.error().detail);
  code = ldap_init_fd(*fd, LDAP_PROTO_TCP, uri_.c_str(), &handle_);
  if (code == LDAP_SUCCESS) return ok();
  // libldap takes the descriptor over with success alone.
  ::close(*fd);
  return failure("connect", code);
}

std::string Link::authorities() const {
  return settings_.ca_file.empty() ? kSystemAuthorities : settings_.ca_file.string();
}

Status Link::set_up(Trust trust) {
  const int version = LDAP_VERSION3;
  const timeval timeout = to_timeval(patience_);
  const int demand = trust == Trust::kChecked ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER;
  const int tls_min = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  const int is_server = 0;
  // All of them, so that neither ldap.conf nor the environment decides. A referral would take the
  // password to a server that is not in the configuration.
  const bool set =
      ldap_set_option(handle_, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_NETWORK_TIMEOUT, &timeout) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_TIMEOUT, &timeout) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_PROTOCOL_MIN, &tls_min) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_CACERTFILE, authorities().c_str()) ==
          LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_NEWCTX, &is_server) == LDAP_OPT_SUCCESS;
  if (set) return ok();
  return Error(Errc::kIo, uri_ + ": TLS cannot be set up with the authorities in " + authorities() +
                              " (accounts.ca_file)");
}

Status Link::start_tls(Patience patience, Trust trust) {
  const bool at_once = place_.scheme == "ldaps";
  if (!at_once && !settings_.start_tls) return ok();
  const char* const call = at_once ? "TLS" : "StartTLS";
  int code = at_once ? LDAP_SUCCESS : ask_for_tls();
  if (code != LDAP_SUCCESS) return failure(call, code);
  code = shake_hands();
  if (code == LDAP_SUCCESS) return ok();
  if (trust == Trust::kChecked && code != LDAP_TIMEOUT) return tls_failure(call, code, patience);
  return failure(call, code);
}

int Link::ask_for_tls() {
  char* name = nullptr;
  berval* data = nullptr;
  const int code = ldap_extended_operation_s(handle_, LDAP_EXOP_START_TLS, nullptr, nullptr,
                                             nullptr, &name, &data);
  ldap_memfree(name);
  ber_bvfree(data);
  return code;
}

/// libldap knows a time limit for the handshake only where the socket does not block: otherwise a
/// server that takes connections and says nothing would be waited for without an end.
int Link::shake_hands() {
  int fd = -1;
  const bool known = ldap_get_option(handle_, LDAP_OPT_DESC, &fd) == LDAP_OPT_SUCCESS && fd >= 0;
  const int flags = known ? ::fcntl(fd, F_GETFL) : -1;
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return LDAP_LOCAL_ERROR;
  ldap_set_option(handle_, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_ON);
  const int code = ldap_install_tls(handle_);
  ldap_set_option(handle_, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_OFF);
  if (code != LDAP_SUCCESS) return code;
  return ::fcntl(fd, F_SETFL, flags) == 0 ? LDAP_SUCCESS : LDAP_LOCAL_ERROR;
}

/// libldap has one code for a refused certificate and for a server that goes away. So the server is
/// asked for its certificate once more, over a connection that nothing else is sent on.
Error Link::tls_failure(const char* call, int code, Patience patience) {
  const Error told = failure(call, code);
  const std::string der = shown_certificate(patience);
  const std::string fault =
      certificate_fault(der, place_.host, authorities(), system_clock().now());
  return fault.empty() ? told : Error(Errc::kIo, uri_ + ": " + call + ": " + fault);
}

std::string Link::shown_certificate(Patience patience) {
  Link other(settings_, uri_);
  // No one is trusted here, and nothing is sent: its certificate is all that is asked for.
  if (!other.connect(patience) || !other.set_up(Trust::kAnybody) ||
      !other.start_tls(patience, Trust::kAnybody))
    return {};
  berval certificate{};
  if (ldap_get_option(other.handle_, LDAP_OPT_X_TLS_PEERCERT, &certificate) != LDAP_OPT_SUCCESS ||
      certificate.bv_val == nullptr)
    return {};
  std::string der(certificate.bv_val, certificate.bv_len);
  ldap_memfree(certificate.bv_val);
  return der;
}

void Link::allow(Patience patience) {
  patience_ = patience;
  const timeval timeout = to_timeval(patience);
  ldap_set_option(handle_, LDAP_OPT_NETWORK_TIMEOUT, &timeout);
  ldap_set_option(handle_, LDAP_OPT_TIMEOUT, &timeout);
}

Status Link::bind(const std::string& dn, std::string_view password, Patience patience) {
  // A bind with a DN and no password succeeds as anonymous: it proves nothing, and the searches
  // after it would be anonymous, too (RFC 4513 s.5.1.2).
  // The other way round a password without a DN would be sent to no one.
  if (password.empty() != dn.empty()) return Error(Errc::kAuth, "an empty password");
  const QuietPipe quiet;
  allow(patience);
  std::string secret(password);
  berval credentials{};
  credentials.bv_len = secret.size();
  credentials.bv_val = secret.data();
  const int code = ldap_sasl_bind_s(handle_, dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr,
                                    nullptr, nullptr);
  wipe(secret);
  if (code == LDAP_SUCCESS) return ok();
  if (is_refusal(code)) return Error(Errc::kAuth, std::string("bind: ") + words_of(code));
  return failure("bind", code);
}

Result<std::vector<Entry>> Link::search(const SearchRequest& request, Patience patience) {
  const QuietPipe quiet;
  allow(patience);
  std::vector<std::string> names = request.attributes;
  std::vector<char*> attributes;
  for (std::string& name : names) attributes.push_back(name.data());
  attributes.push_back(nullptr);
  timeval timeout = to_timeval(patience);
  LDAPMessage* found = nullptr;
  const int code = ldap_search_ext_s(handle_, request.base.c_str(), LDAP_SCOPE_SUBTREE,
                                     request.filter.c_str(), attributes.data(), 0, nullptr, nullptr,
                                     &timeout, request.entries_max, &found);
  const Message message(found);
  const bool enough =
      // A search for one proof needs no more than it asked for.
      code == LDAP_SUCCESS || (code == LDAP_SIZELIMIT_EXCEEDED && !request.must_be_whole);
  if (!enough) return failure("search", code);
  std::vector<Entry> entries;
  for (LDAPMessage* at = ldap_first_entry(handle_, found); at != nullptr;
       at = ldap_next_entry(handle_, at))
    entries.push_back(read(at, request));
  return entries;
}

Entry Link::read(struct ::ldapmsg* found, const SearchRequest& request) const {
  Entry entry;
  char* const dn = ldap_get_dn(handle_, found);
  if (dn != nullptr) entry.dn = dn;
  ldap_memfree(dn);
  // As asked, not as answered: an attribute that is not there has no values.
  for (const std::string& name : request.attributes) {
    Values out;
    berval** const values = ldap_get_values_len(handle_, found, name.c_str());
    for (berval** at = values; at != nullptr && *at != nullptr; ++at)
      out.emplace_back((*at)->bv_val, (*at)->bv_len);
    ldap_value_free_len(values);
    entry.attributes.emplace_back(name, std::move(out));
  }
  return entry;
}

Error Link::failure(const char* call, int code) {
  broken_ = ends_connection(code);
  timed_out_ = code == LDAP_TIMEOUT || code == LDAP_TIMELIMIT_EXCEEDED;  // Or the server's own
                                                                         // limit has ended.
  return Error(Errc::kIo, uri_ + ": " + call + ": " + words_of(code));
}

/// The server's own words come behind ours.
std::string Link::words_of(int code) const {
  if (code == LDAP_TIMEOUT) return "no answer within " + std::to_string(patience_.count()) + " ms";
  std::string text = ldap_err2string(code);
  // A Unix socket is connected by libldap, at its first use.
  if (code == LDAP_SERVER_DOWN)
    text = place_.scheme == "ldapi" ? "no connection to the socket, or it was closed"
                                    : "the server closed the connection";
  char* more = nullptr;
  if (handle_ != nullptr) ldap_get_option(handle_, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
  // libldap's words for codes of GnuTLS that it does not know.
  constexpr std::string_view kNothing = "(unknown error code)";
  if (more != nullptr && *more != '\0' && more != kNothing) text += std::string(" (") + more + ")";
  ldap_memfree(more);
  return text;
}

}  // namespace restante::accounts::ldap
