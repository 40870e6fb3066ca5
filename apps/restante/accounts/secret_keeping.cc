#include "restante/accounts/secret_keeping.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "files/descriptor.h"
#include "fetch/secrets/secret_command.h"
#include "fetch/secrets/secret_source.h"

namespace restante::cli {
namespace {

constexpr int kNamesMax = 100;

Error failed(const std::filesystem::path& file) {
  return Error(Errc::kIo, file.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

Status keep_in_keyring(const profile::Account& account, const SecretString& secret,
                       const net::StopSignal& stop) {
  fetch::SecretCommand command;
  command.words = {"secret-tool", "store",
                   fmt::format("--label=restante: {} at {}", account.user, account.host)};
  for (std::string& word : fetch::keyring_attributes(account))
    command.words.push_back(std::move(word));
  command.input = secret.view();
  command.name = "the keyring (secret-tool)";
  command.takes_stderr = true;
  const auto stored = fetch::run_secret_command(command, stop);
  return stored ? ok() : Status(stored.error());
}

Result<std::filesystem::path> keep_in_file(const std::filesystem::path& folder,
                                           const std::string& name, const SecretString& secret) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::path file = folder / (name + ".password");
  files::Descriptor fd;
  for (int i = 2; !fd.is_open(); ++i) {
    fd.reset(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (fd.is_open()) break;
    if (errno != EEXIST || i > kNamesMax) return failed(file);
    file = folder / fmt::format("{}.password-{}", name, i);
  }
  const std::string_view text = secret.view();
  const bool written =
      ::write(fd.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::write(fd.number(), "\n", 1) == 1 && ::fsync(fd.number()) == 0;
  if (!written) {
    const Error why = failed(file);
    std::filesystem::remove(file, error);
    return why;
  }
  const files::Descriptor above(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above.is_open() || ::fsync(above.number()) != 0) return failed(folder);
  return file;
}

}  // namespace restante::cli
