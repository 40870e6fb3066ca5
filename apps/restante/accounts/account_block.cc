#include "restante/accounts/account_block.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "config/file.h"
#include "files/file.h"
#include "profile/load.h"
#include "profile/places.h"
#include "restante/accounts/account_text.h"

namespace restante::cli {
namespace {

using Kind = profile::SecretSource::Kind;

constexpr std::string_view kNewFile =
    "# The configuration of restante; docs/client.md has every key.\n"
    "archive = \"~/Mail/restante\"\n";

/// All of it, or the file is as it was: half an account on a full disk would be a configuration
/// with mistakes, and no command would run any more.
Status write_at_end(const std::filesystem::path& file, std::string_view text) {
  const files::Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  struct stat before {};
  if (!fd.is_open() || ::fstat(fd.number(), &before) != 0) return files::io_error(file);
  Status written = files::as_io(files::write_all(fd, text, file));
  if (written) written = files::as_io(files::sync_data(fd, file));
  if (!written && ::ftruncate(fd.number(), before.st_size) != 0)
    written.error().detail += "; half an account is at its end: take it out by hand";
  return written;
}

bool others_can_read(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace

profile::Account NewAccount::as_account() const {
  profile::Account account;
  account.name = name;
  account.user = user;
  const std::filesystem::path here = std::filesystem::current_path();
  if (!ca_file.empty()) account.ca_file = profile::expand(ca_file, here);
  if (!pin.empty()) account.pins = {pin};
  profile::SecretSource& secret = account.secret;
  secret.kind = Kind::kPrompt;
  if (keyring) secret.kind = Kind::kKeyring;
  if (!password_command.empty())
    secret = {Kind::kCommand, password_command, {}, {}};
  else if (!password_file.empty())
    secret = {Kind::kFile, profile::expand(password_file, here).string(), {}, {}};
  else if (!oauth.empty())
    secret = {Kind::kOauth, oauth, {}, {}};
  return account;
}

std::string account_block(const NewAccount& account, const profile::Account& server) {
  std::string text = "[[account]]\n";
  const auto add = [&text](std::string_view key, const std::string& value) {
    text += fmt::format("{} = {}\n", key, toml_string(value));
  };
  add("name", account.name);
  add("host", server.host);
  text += fmt::format("port = {}\n", server.port);
  add("tls", std::string(to_text(server.tls)));
  add("user", account.user);
  if (!server.tls_name.empty()) add("tls_name", server.tls_name);
  if (!server.ca_file.empty()) add("ca_file", server.ca_file.string());
  if (!account.pin.empty()) add("pins", account.pin);
  switch (server.secret.kind) {
    case Kind::kCommand: add("password_command", server.secret.value); break;
    case Kind::kFile: add("password_file", server.secret.value); break;
    case Kind::kOauth: add("oauth", server.secret.value); break;
    case Kind::kKeyring: text += "keyring = true\n"; break;
    case Kind::kNone:
    case Kind::kInline:
    case Kind::kPrompt:
    case Kind::kTokenCommand: break;
  }
  return text;
}

Status append_account(const std::filesystem::path& file, const std::string& block) {
  std::error_code error;
  std::string before;
  const bool is_there = std::filesystem::exists(file, error);
  if (is_there) {
    RESTANTE_TRY(std::string text, config::read_file(file));
    before = std::move(text);
  } else {
    std::filesystem::create_directories(file.parent_path(), error);
  }
  std::string added = is_there ? "" : std::string(kNewFile);
  if (is_there && !before.empty() && !before.ends_with('\n')) added += '\n';
  added += "\n" + block;
  const auto parsed = profile::parse(before + added, file.string(), file.parent_path(),
                                     is_there && others_can_read(file));
  if (!parsed.profile) return Error(Errc::kSyntax, parsed.mistakes.front());
  Status written = write_at_end(file, added);
  // An empty file would not get the first lines of a new one later.
  if (!written && !is_there && std::filesystem::is_empty(file, error))
    std::filesystem::remove(file, error);
  return written;
}

}  // namespace restante::cli
