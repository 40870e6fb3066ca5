#include "restante/accounts/secret_keeping.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "fetch/secrets/secret_command.h"
#include "fetch/secrets/secret_source.h"
#include "files/file.h"

namespace restante::cli {
namespace {

constexpr int kNamesMax = 100;

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
    if (errno != EEXIST || i > kNamesMax) return files::io_error(file);
    file = folder / fmt::format("{}.password-{}", name, i);
  }
  Status written = files::write_all(fd, secret.view(), file);
  if (written) written = files::write_all(fd, "\n", file);
  if (written) written = files::sync_data(fd, file);
  if (!written) std::filesystem::remove(file, error);
  if (written) written = files::sync_folder(folder);
  if (!written) return files::as_io(std::move(written).error());
  return file;
}

}  // namespace restante::cli
