#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <future>

#include "dial/self_signed.h"
#include "net/test_support.h"

namespace restante::net {
namespace {

// A directory with self-signed certificates, one for each name.
class TlsTest : public ConnectionTest {
 protected:
  TlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-tls-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~TlsTest() override { std::filesystem::remove_all(directory_); }

  CertificateFiles certificate(const std::string& name) {
    const auto place = directory_ / name;
    std::filesystem::create_directory(place);
    bool made = false;
    auto files = ensure_self_signed(place, name, made);
    EXPECT_TRUE(files && made);
    return *files;
  }

  std::filesystem::path directory_;
};

// The client's side, blocking.
class Client {
 public:
  explicit Client(int fd, const char* server_name = nullptr, int max_version = 0)
      : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        ssl_(SSL_new(context_.get()), SSL_free) {
    // The system's configuration may have a least version of its own.
    if (max_version != 0) SSL_set_min_proto_version(ssl_.get(), 0);
    if (max_version != 0) SSL_set_max_proto_version(ssl_.get(), max_version);
    SSL_set_security_level(ssl_.get(), 0);
    SSL_set_fd(ssl_.get(), fd);
    if (server_name != nullptr) SSL_set_tlsext_host_name(ssl_.get(), server_name);
  }
  bool connect() { return SSL_connect(ssl_.get()) == 1; }
  bool connect(SSL_SESSION* session) {
    SSL_set_session(ssl_.get(), session);
    return connect();
  }
  std::string exchange(std::string_view bytes) {
    EXPECT_EQ(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
    return receive(bytes.size());
  }
  /// What goes over the wire for each of `texts`, not sent.
  std::string records(const std::vector<std::string_view>& texts) {
    BIO* memory = BIO_new(BIO_s_mem());
    BIO_up_ref(SSL_get_wbio(ssl_.get()));
    BIO* socket = SSL_get_wbio(ssl_.get());
    SSL_set0_wbio(ssl_.get(), memory);
    for (const std::string_view text : texts)
      EXPECT_EQ(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())),
                static_cast<int>(text.size()));
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string wire(bytes, static_cast<std::size_t>(size));
    SSL_set0_wbio(ssl_.get(), socket);
    return wire;
  }
  std::string receive(std::size_t size) {
    std::string out(size, '\0');
    std::size_t got = 0;
    while (got < out.size()) {
      const int n = SSL_read(ssl_.get(), out.data() + got, static_cast<int>(out.size() - got));
      if (n <= 0) break;
      got += static_cast<std::size_t>(n);
    }
    out.resize(got);
    return out;
  }
  [[nodiscard]] bool certificate_is_for(const char* name) const {
    X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    return certificate != nullptr && X509_check_host(certificate, name, 0, 0, nullptr) == 1;
  }
  [[nodiscard]] SSL* get() const { return ssl_.get(); }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

Task<Status> tls_echo(Connection& connection, std::shared_ptr<const TlsContext> context,
                      bool* resumed) {
  const Status started = co_await connection.start_tls(std::move(context));
  if (!started) co_return started;
  if (resumed != nullptr) *resumed = connection.tls()->resumed();
  for (;;) {
    const Status filled = co_await connection.fill();
    if (!filled) co_return filled;
    std::string bytes(connection.input());
    connection.discard_input();
    const Status sent = co_await connection.send(bytes);
    if (!sent) co_return sent;
  }
}

std::shared_ptr<const TlsContext> load(std::vector<CertificateFiles> files, bool only13 = false) {
  TlsSettings settings;
  settings.certificates = std::move(files);
  if (only13) settings.min_version = TlsVersion::k13;
  auto context = TlsContext::load(settings);
  EXPECT_TRUE(context) << (context ? "" : context.error().message());
  return context ? *context : nullptr;
}

TEST_F(TlsTest, EchoesInBothVersions) {
  const auto context = load({certificate("mail.example.test")});
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); }, 5000);
  Client client(peer.fd(), nullptr, TLS1_2_VERSION);
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.exchange(std::string(20000, 'z')), std::string(20000, 'z'));
  EXPECT_TRUE(client.certificate_is_for("mail.example.test"));
  EXPECT_TRUE(client.certificate_is_for("localhost"));
  static_cast<void>(finish());
}

TEST_F(TlsTest, RecordsThatComeTogetherAreAllRead) {
  const auto context = load({certificate("a.test")});
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); }, 5000);
  Client client(peer.fd());
  ASSERT_TRUE(client.connect());
  peer.send(client.records({"first", "second", "third"}));
  EXPECT_EQ(client.receive(16), "firstsecondthird");
  // The last one stops in the middle: what was whole is answered, and the rest is waited for.
  const std::string wire = client.records({"fourth", "fifth"});
  peer.send(std::string_view(wire).substr(0, wire.size() - 9));
  EXPECT_EQ(client.receive(6), "fourth");
  std::promise<void> turned;  // The worker does other things meanwhile.
  asio::post(worker_.context(), [&turned] { turned.set_value(); });
  auto turn = turned.get_future();
  EXPECT_EQ(turn.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  peer.send(std::string_view(wire).substr(wire.size() - 9));
  EXPECT_EQ(client.receive(5), "fifth");
  static_cast<void>(finish());
}

TEST_F(TlsTest, RefusesTls11AndSaysWhy) {
  const auto context = load({certificate("a.test")});
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); });
  Client client(peer.fd(), nullptr, TLS1_1_VERSION);
  EXPECT_FALSE(client.connect());
  const Status ended = await_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kSyntax);
}

TEST_F(TlsTest, Tls13OnlyRefusesTls12) {
  const auto context = load({certificate("a.test")}, true);
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); });
  Client client(peer.fd(), nullptr, TLS1_2_VERSION);
  EXPECT_FALSE(client.connect());
  EXPECT_FALSE(await_end());
}

TEST_F(TlsTest, TakesOldVersionsWhereTheyAreAskedFor) {
  TlsSettings settings;
  settings.certificates.push_back(certificate("a.test"));
  settings.min_version = TlsVersion::k10;
  const auto context = TlsContext::load(settings);
  ASSERT_TRUE(context);
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, *context, nullptr); });
  Client client(peer.fd(), nullptr, TLS1_VERSION);
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.exchange("x"), "x");
  static_cast<void>(finish());
}

TEST_F(TlsTest, ChoosesTheCertificateByName) {
  const auto context = load({certificate("first.test"), certificate("second.test")});
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); });
  Client client(peer.fd(), "second.test");
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.certificate_is_for("second.test"));
  static_cast<void>(finish());
}

TEST_F(TlsTest, AnUnknownNameGetsTheFirst) {
  const auto context = load({certificate("first.test"), certificate("second.test")});
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); });
  Client client(peer.fd(), "third.test");
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(client.certificate_is_for("first.test"));
  static_cast<void>(finish());
}

TEST_F(TlsTest, GarbageInsteadOfAHandshakeIsRefused) {
  const auto context = load({certificate("a.test")});
  const TestPeer peer = start([&](Connection& c) { return tls_echo(c, context, nullptr); });
  peer.send("USER alice\r\nPASS in the clear\r\n");
  const Status ended = await_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kSyntax);
}

TEST_F(TlsTest, AMismatchedKeyIsRefusedByFileName) {
  CertificateFiles files = certificate("a.test");
  files.private_key = certificate("b.test").private_key;
  TlsSettings settings;
  settings.certificates.push_back(files);
  const auto context = TlsContext::load(settings);
  ASSERT_FALSE(context);
  EXPECT_NE(context.error().detail.find("self-signed.key: the key does not fit the certificate in"),
            std::string::npos)
      << context.error().detail;
}

TEST_F(TlsTest, TheSelfSignedCertificateIsMadeOnce) {
  const CertificateFiles files = certificate("a.test");
  bool made = true;
  ASSERT_TRUE(ensure_self_signed(directory_ / "a.test", "a.test", made));
  EXPECT_FALSE(made);
  const auto mode = std::filesystem::status(files.private_key).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace restante::net
