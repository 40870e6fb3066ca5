// The client's configuration as its parts use it: one value per setting, with defaults, checked.
// docs/client.md lists every key; reading it is load.h's. It holds where secrets come from, and a
// secret itself only when it stands in the file.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/secret_string.h"
#include "base/tls_version.h"

namespace restante::profile {

enum class Tls : std::uint8_t { kNone, kStarttls, kImplicit };

/// When a fetched message is deleted on the server.
enum class Delete : std::uint8_t { kNever, kAfterFetch, kAfterDays, kWhenRemovedLocally };

struct Proxy {
  enum class Kind : std::uint8_t { kSocks5, kHttp };
  Kind kind = Kind::kSocks5;
  std::string host;
  std::uint16_t port = 1080;
  std::string user;  ///< Empty: no login at the proxy.
  SecretString password;
};

/// Where a password or a token comes from.
struct SecretSource {
  enum class Kind : std::uint8_t {
    kNone,
    kInline,        ///< `password`: it stands in the file, which only its owner may read.
    kCommand,       ///< The first line of what a command prints.
    kFile,          ///< The first line of a file that only its owner may read.
    kKeyring,       ///< The desktop's keyring, by `secret-tool`.
    kPrompt,        ///< A person at a terminal.
    kOauth,         ///< Access tokens of an issuer; `value` is its name.
    kTokenCommand,  ///< As kCommand, but it prints an access token.
  };
  Kind kind = Kind::kNone;
  std::string value;                 ///< Of kCommand: a line for sh -c. A path, an issuer's name.
  std::vector<std::string> command;  ///< Instead of `value` for a command without a shell.
  SecretString text;                 ///< kInline

  [[nodiscard]] bool is_token() const {
    return kind == Kind::kOauth || kind == Kind::kTokenCommand;
  }
};

/// A message is left out when the header field has the text in it, in capitals or not.
struct HeaderRule {
  std::string field;     ///< As in "List-Id".
  std::string contains;  ///< Empty: it is enough that there is such a field.
};

/// Where fetched mail goes besides the archive, or instead of it.
struct HandOn {
  enum class Kind : std::uint8_t { kLmtp, kSmtp, kImap, kCommand, kMbox, kGmail };
  Kind kind = Kind::kCommand;
  std::string name;  ///< What the queue knows it by; unique in an account. Empty: its text.
  /// kLmtp: "host:port" or "unix:/path". kSmtp: smtp://host[:port] or smtps://…. kImap:
  /// imap://host[:port]/FOLDER or imaps://…. kCommand: a line for sh -c. kMbox: an absolute path.
  /// kGmail: where Gmail's API is.
  std::string target;
  std::vector<std::string> command;  ///< Instead of `target` for a command without a shell.
  std::string sender;                ///< Envelope of kLmtp and kSmtp; empty: <>.
  std::string recipient;             ///< Of kLmtp and kSmtp.
  std::string user;                  ///< Of kSmtp and kImap; empty: no login.
  SecretSource secret;
  Tls tls = Tls::kStarttls;  ///< Of kSmtp and kImap with the plain schemes.
  std::filesystem::path ca_file;
  std::chrono::seconds timeout{0};     ///< 0: what the protocol says.
  bool seen = false;                   ///< Of kImap: mail that comes there counts as read.
  std::vector<std::string> labels;     ///< Of kGmail: ids of labels.
  std::vector<std::string> addresses;  ///< Of a multidrop account: addresses whose mail goes here.
};

struct Account {
  std::string name;  ///< Letters, digits, "-", "_", "." and "@": it is a folder's name, too.
  int line = 1;      ///< Where it stands in the file.

  std::string host;
  std::uint16_t port = 995;
  Tls tls = Tls::kImplicit;
  std::string user;
  std::string authzid;  ///< Whose mailbox, where the login may open another's; empty: the user's.
  SecretSource secret;
  bool old_digests = false;              ///< CRAM-MD5 and APOP are allowed.
  std::optional<std::string> mechanism;  ///< This one and no other; "USER" and "APOP", too.
  TlsVersion tls_min_version = TlsVersion::k12;
  std::string tls_name;           ///< The name in the certificate; empty: `host`.
  std::vector<std::string> pins;  ///< SHA-256 of the certificate, 64 hex digits each.
  std::filesystem::path ca_file;
  std::filesystem::path client_certificate;
  std::filesystem::path client_key;
  std::optional<Proxy> proxy;

  Delete remove = Delete::kNever;
  std::chrono::days remove_after{0};           ///< With kAfterDays.
  std::optional<std::uint64_t> keep_messages;  ///< On the server at most; older ones go.
  std::optional<std::uint64_t> keep_bytes;
  std::optional<std::uint64_t> size_max;  ///< Only messages up to this size are fetched.
  bool headers_first = false;             ///< TOP before RETR, so that `skip` costs no body.
  std::vector<HeaderRule> skip;

  std::chrono::seconds interval{300};  ///< Between two polls of `fetch --watch`.
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds reply_timeout{60};
  std::uint32_t window = 100;  ///< RETRs under way at most, when the server takes several.

  bool keep_in_archive = true;
  std::vector<HandOn> hand_on;
  /// Multidrop: the header field in which the account's provider says whom a message was for, the
  /// name of the host that wrote it, and the target of mail that names no account. Empty: all mail
  /// goes to all targets.
  std::string envelope;
  std::string envelope_host;
  std::string unsorted;
  std::string on_message;  ///< A line for sh -c, run after each new message is safe.
  bool notify = false;     ///< A desktop notification about new mail.
  std::chrono::seconds tell_after{6 * 3600};  ///< Of failing; zero: no word of it.
  bool enabled = true;                        ///< False: only when it is named.
};

/// Who issues access tokens.
struct Issuer {
  std::string name;
  std::string device_url;  ///< RFC 8628; empty: it has none.
  std::string authorization_url;
  std::string token_url;
  std::string client_id;
  SecretString client_secret;  ///< Empty for a public client.
  std::string scope;
  std::filesystem::path ca_file;
  bool keyring = false;  ///< Refresh tokens lie in the keyring, not in a file.
};

struct Profile {
  std::filesystem::path file;  ///< Where it was read from.
  std::filesystem::path archive;
  std::string clamd;  ///< "unix:/path" or "host:port"; empty: no virus scan.
  std::vector<Account> accounts;
  std::vector<Issuer> issuers;
};

/// Null when there is none of that name.
inline const Account* find_account(const Profile& profile, std::string_view name) {
  for (const Account& account : profile.accounts)
    if (account.name == name) return &account;
  return nullptr;
}

}  // namespace restante::profile
