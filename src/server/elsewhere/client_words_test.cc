#include "server/elsewhere/client_words.h"

#include <gtest/gtest.h>

#include "base/xclient.h"
#include "net/proxy_header.h"

namespace restante::server {
namespace {

net::Endpoint at(const char* host, std::uint16_t port) {
  net::Endpoint out;
  out.host = host;
  out.port = port;
  return out;
}

void read_all(std::string_view header, net::ProxyHeaderReader& reader) {
  while (!reader.is_done()) {
    const auto taken = reader.take(header);
    ASSERT_TRUE(taken) << taken.error().message();
    ASSERT_GT(*taken, 0U);
    header.remove_prefix(*taken);
  }
  EXPECT_EQ(header, "");
}

TEST(ClientWords, AreReadByXclient) {
  for (const char* host : {"192.0.2.1", "2001:db8::1"}) {
    const auto said = parse_xclient(xclient_words(at(host, 4711), "18f-2a", true));
    ASSERT_TRUE(said) << said.error().message();
    EXPECT_EQ(said->address->to_string(), host);
    EXPECT_EQ(said->port, 4711);
    EXPECT_EQ(said->session, "18f-2a");
    EXPECT_EQ(said->transport, XClient::Transport::kTls);
  }
  EXPECT_EQ(parse_xclient(xclient_words(at("192.0.2.1", 1), "a", false))->transport,
            XClient::Transport::kUnsaid);
}

TEST(ClientWords, NameNobodyWithoutAnAddress) {
  net::Endpoint peer;
  peer.unix_path = "peer";
  EXPECT_EQ(xclient_words(peer, "a", true), "");
}

TEST(ClientWords, AreReadAsAProxyHeader) {
  const std::pair<const char*, const char*> ends[] = {
      {"192.0.2.1", "192.0.2.2"}, {"2001:db8::1", "2001:db8::2"}, {"192.0.2.1", "2001:db8::2"}};
  for (const auto& [client, here] : ends) {
    const std::string header = proxy_header(at(client, 4711), at(here, 110));
    net::ProxyHeaderReader reader;
    read_all(header, reader);
    EXPECT_EQ(reader.client()->to_string(), at(client, 4711).to_string());
  }
  net::Endpoint peer;
  peer.unix_path = "peer";
  const std::string header = proxy_header(peer, peer);
  net::ProxyHeaderReader reader;
  read_all(header, reader);
  EXPECT_FALSE(reader.client());
}

}  // namespace
}  // namespace restante::server
