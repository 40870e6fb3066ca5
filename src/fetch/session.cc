#include "fetch/session.h"

#include "net/client_stream.h"

namespace restante::fetch {

struct Session::Parts {
  std::unique_ptr<net::ClientStream> stream;
  Capabilities capabilities;
};

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Session::~Session() = default;

const Capabilities& Session::capabilities() const { return parts_->capabilities; }

}  // namespace restante::fetch
