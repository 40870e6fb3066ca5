#include "fetch/secrets/oauth_store.h"

#include <fcntl.h>
#include <sys/file.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <system_error>

#include "fetch/secrets/oauth_http.h"
#include "fetch/secrets/secret_command.h"
#include "files/file.h"
#include "profile/places.h"

namespace restante::fetch {
namespace {

namespace json = boost::json;

constexpr std::size_t kFileMax = 64U << 10;

Result<Tokens> parse(std::string_view text, const std::string& where) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object())
    return Error(Errc::kCorrupt, where + " holds no tokens; log in again");
  const json::object& object = value.get_object();
  return Tokens{SecretString(text_of(object, "access_token")),
                SecretString(text_of(object, "refresh_token")), number_of(object, "expires", 0)};
}

std::string to_text(const Tokens& tokens) {
  const json::object object{{"access_token", json::string_view(tokens.access.view())},
                            {"refresh_token", json::string_view(tokens.refresh.view())},
                            {"expires", tokens.expires}};
  return json::serialize(object);
}

std::vector<std::string> keyring_words(const char* verb, const std::string& name) {
  std::vector<std::string> words{"secret-tool", verb};
  if (std::string_view(verb) == "store") words.push_back("--label=restante: tokens of " + name);
  for (const char* const word : {"service", "restante-oauth", "account"}) words.emplace_back(word);
  words.push_back(name);
  return words;
}

}  // namespace

TokenStore::TokenStore(const profile::Account& account, const profile::Issuer& issuer,
                       const net::StopSignal& stop)
    : folder_(profile::state_folder() / "tokens"),
      name_(account.name),
      keyring_(issuer.keyring),
      stop_(stop) {}

Status TokenStore::lock() {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const std::filesystem::path path = folder_ / (name_ + ".lock");
  // Issuers may take a refresh token once only: of two runs that use it at once, one would lose the
  // login.
  lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_.is_open()) return files::io_error(path);
  // Held for one question to the issuer, which has a time limit.
  while (::flock(lock_.number(), LOCK_EX) != 0)
    if (errno != EINTR) return files::io_error(path);
  return ok();
}

Result<std::optional<Tokens>> TokenStore::load() const {
  if (keyring_) {
    SecretCommand command;
    command.words = keyring_words("lookup", name_);
    command.name = "the keyring (secret-tool)";
    command.takes_stderr = true;
    const auto text = run_secret_command(command, stop_);
    if (!text && text.error().code == Errc::kNotFound) return std::optional<Tokens>();
    if (!text) return text.error();
    RESTANTE_TRY(Tokens tokens, parse(text->view(), "the keyring"));
    return std::optional<Tokens>(std::move(tokens));
  }
  const files::Descriptor fd(::open(file().c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open() && errno == ENOENT) return std::optional<Tokens>();
  if (!fd.is_open()) return files::io_error(file());
  // A file that others may read is refused: a token in it is known by then, and its owner is to
  // hear of it.
  RESTANTE_TRY(const SecretString text, files::read_private(fd, kFileMax, file()));
  RESTANTE_TRY(Tokens tokens, parse(text.view(), file().string()));
  return std::optional<Tokens>(std::move(tokens));
}

Status TokenStore::save(const Tokens& tokens) const {
  std::string text = to_text(tokens);
  Status done = ok();
  if (keyring_) {
    SecretCommand command;
    command.words = keyring_words("store", name_);
    command.input = text;
    command.name = "the keyring (secret-tool)";
    command.takes_stderr = true;
    if (const auto stored = run_secret_command(command, stop_); !stored) done = stored.error();
  } else {
    done = files::as_io(files::replace_durably(file(), text));
  }
  wipe(text);
  return done;
}

Status TokenStore::forget() const {
  if (!keyring_) {
    if (::unlink(file().c_str()) == 0 || errno == ENOENT) return ok();
    return files::io_error(file());
  }
  SecretCommand command;
  command.words = keyring_words("clear", name_);
  command.name = "the keyring (secret-tool)";
  command.takes_stderr = true;
  const auto cleared = run_secret_command(command, stop_);
  // secret-tool says nothing when it had nothing to clear.
  const bool fine = cleared || cleared.error().code == Errc::kNotFound;
  return fine ? ok() : Status(cleared.error());
}

}  // namespace restante::fetch
