// A program that prints a secret: a password command, a token command, secret-tool. It inherits
// stdin, stderr and the terminal, for it may have to ask a person; what it prints is a secret and
// goes nowhere else.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "dial/stop_signal.h"

namespace restante::fetch {

struct SecretCommand {
  std::vector<std::string> words;  ///< The program, looked for in PATH, and its arguments.
  std::string_view input;          ///< For its stdin; empty: it inherits ours.
  std::string name;                ///< For messages: "password_command of work".
  std::chrono::milliseconds timeout = std::chrono::minutes(2);  ///< A person may have to type.
  /// Its stderr is ours to tell: in the error, instead of on the terminal. When it fails with
  /// nothing to say, that is kNotFound: so does secret-tool without such a secret.
  bool takes_stderr = false;
};

/// "sh -c LINE" as words, or the words themselves when there are any.
std::vector<std::string> shell_words(const std::string& line,
                                     const std::vector<std::string>& words);

/// All that the program prints on stdout. Errors: kAuth (it ended with something else than 0,
/// or there is no such program), kNotFound (`takes_stderr`), kTimeout, kLimit (more than 64 KiB),
/// kState (stop was raised), kIo. Where it did not end by itself, it is killed.
Result<SecretString> run_secret_command(const SecretCommand& command, const net::StopSignal& stop);

/// The first line, without CRLF or LF.
SecretString first_line(const SecretString& text);

}  // namespace restante::fetch
