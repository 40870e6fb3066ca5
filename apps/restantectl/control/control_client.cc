#include "restantectl/control/control_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/ascii.h"
#include "dial/endpoint.h"
#include "dial/socket.h"
#include "files/descriptor.h"
#include "files/errors.h"
#include "restantectl/acts.h"
#include "server/control/answer.h"
#include "server/settings/places.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

constexpr auto kPatience = std::chrono::seconds(20);
// Which may ask slow back ends.
constexpr auto kReloadPatience = std::chrono::minutes(2);
constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::size_t kNameBytesMax = 64;

using Answer = tl::expected<json::object, NoAnswer>;

tl::unexpected<NoAnswer> no_answer(Exit exit, std::string message) {
  return tl::unexpected(NoAnswer{exit, std::move(message)});
}

tl::unexpected<NoAnswer> not_connected(const std::string& path, int number) {
  if (number == ENOENT || number == ECONNREFUSED)
    return no_answer(Exit::kUnavailable, "no server is running: nothing answers at " + path +
                                             "; start it (systemctl start restanted), and ask "
                                             "again");
  if (number == EACCES || number == EPERM)
    return no_answer(Exit::kPermission, "no permission for " + path +
                                            "; run this as root, as the server's user, or as a "
                                            "member of its group");
  if (number == EAGAIN)
    return no_answer(Exit::kTemporary, "too many ask the server at once, try again");
  return no_answer(Exit::kIo, path + ": " + files::reason_of(number));
}

Exit exit_of(Errc code) {
  if (code == Errc::kAuth) return Exit::kPermission;
  return to_exit(code);
}

/// Up to the LF, or the end.
Result<std::string> read_line(int socket, const net::Patience& patience) {
  std::string line;
  std::string piece(kPieceBytes, '\0');
  while (line.size() <= control::kAnswerBytesMax) {
    const auto got = net::receive_some(socket, std::as_writable_bytes(std::span(piece)), patience);
    if (!got) return got.error();
    line.append(piece, 0, *got);
    if (line.back() != '\n') continue;
    line.pop_back();
    return line;
  }
  return Error(Errc::kLimit, "the answer is too long");
}

Result<json::object> converse(int socket, const control::Request& request) {
  RESTANTE_TRY(const net::StopSignal never, net::StopSignal::create());
  const std::chrono::seconds span =
      request.verb == control::Verb::kReload ? kReloadPatience : kPatience;
  const net::Patience patience{std::chrono::steady_clock::now() + span, never};
  const Status sent = net::send_all(socket, control::to_line(request), patience);
  // One that is refused without being heard has its answer before it has asked.
  auto line = read_line(socket, patience);
  if (!line && !sent) return sent.error();
  if (!line && line.error().code == Errc::kClosed)
    return Error(Errc::kBusy, "the server is stopping, or has no time: try again");
  if (!line) return line.error();
  return control::parse_answer(*line);
}

}  // namespace

Answer ask_server(const std::filesystem::path& data_dir, const control::Request& request) {
  if (std::string mistake = settings::control_mistake(data_dir); !mistake.empty())
    return no_answer(Exit::kConfig, "data_dir: " + std::move(mistake));
  net::Endpoint endpoint;
  endpoint.unix_path = settings::control_socket(data_dir).native();
  const auto address = net::to_socket_address(endpoint);
  if (!address) return no_answer(Exit::kConfig, address.error().detail);
  const files::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return no_answer(Exit::kIo, files::reason_of(errno));
  if (::connect(socket.number(), address->get(), address->length) != 0)
    return not_connected(endpoint.unix_path, errno);
  auto answer = converse(socket.number(), request);
  if (!answer) return no_answer(exit_of(answer.error().code), control::words_of(answer.error()));
  return std::move(*answer);
}

tl::expected<json::object, Exit> ask_server(const Office& office, control::Request request) {
  const std::string sudo_user = find_actor().sudo_user;
  const bool is_plain =
      is_utf8(sudo_user) && sudo_user.size() <= kNameBytesMax &&
      std::none_of(sudo_user.begin(), sudo_user.end(), [](char c) { return is_control(c); });
  if (is_plain) request.as = sudo_user;
  auto answer = ask_server(office.config().data_dir, request);
  if (!answer) return tl::unexpected(fail(answer.error().exit, answer.error().message));
  return std::move(*answer);
}

}  // namespace restante::ctl
