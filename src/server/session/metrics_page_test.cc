#include "server/session/metrics_page.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "server/common/test_support.h"
#include "server/copies/copies.h"
#include "server/elsewhere/homes.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Everything that a page can have has a row.
class MetricsPageTest : public testing::Test {
 protected:
  MetricsPageTest() {
    settings::FarServer far;
    far.pop3 = *config::parse_far_pop3("pop3s://old.example");
    far.lmtp = *config::parse_far_lmtp("old.example");
    far.pins = {std::string(64, 'a')};
    homes_ = std::move(*Homes::load({far}));
    all_.services.homes = homes_.get();
    copies_ = std::move(*Copies::make(all_.services, settings_, *CopyTargets::load({})));
    all_.services.copies = copies_.get();
    Measures& measures = *all_.services.measures;
    Door& door = measures.door("pop3", "127.0.0.1:110");
    door.count(Entry::kTaken);
    door.count_handshake("TLSv1.3");
    measures.count_login("PLAIN", "TLSv1.3 TLS_AES_256_GCM_SHA384", LoginEnd::kGood);
    measures.commands.note(pop3::Verb::kRetr);
    measures.commands.note_unknown();
    measures.mail_commands[1].note(smtp::Verb::kRcpt);
    measures.back_ends.tell({accounts::OutageNews::Kind::kDown, "ldap ldap://x", "gone"});
    measures.count(Retrieval::kDamaged);
    measures.count_delivery(0, 0);
    measures.pool(PoolName::kDisk).note(std::chrono::milliseconds(3));
    measures.crl_ends.set(5);
    measures.certificates.set({{"/etc/mail.pem", WallTime(std::chrono::seconds(6))},
                               {"/etc/other.pem", WallTime(std::chrono::seconds(7))}});
    measures.kept.set(maildrop::Usage{8, 800});
    measures.count(PageLogin::kWrong);
    maildrop::Holding holding;
    holding.waiting = {3, 90};
    holding.live_bytes = 100;
    holding.oldest = WallTime(std::chrono::seconds(77));
    StorageTotals totals;
    totals.add("a@x.test", holding, {0, 100});
    measures.storage.set(totals);
  }
  [[nodiscard]] std::string page(ExpositionFormat format = ExpositionFormat::kPrometheus) const {
    return metrics_page(all_.services, format);
  }

  TestServices all_;
  std::unique_ptr<Homes> homes_;
  SettingsHolder settings_{std::make_shared<Settings>()};
  std::unique_ptr<Copies> copies_;
};

TEST_F(MetricsPageTest, HasWhatWasCounted) {
  const std::string text = page();
  for (const char* const row :
       {"restante_listener_connections_total{protocol=\"pop3\",listener=\"127.0.0.1:110\","
        "outcome=\"taken\"} 1\n",
        "restante_tls_handshakes_total{protocol=\"pop3\",listener=\"127.0.0.1:110\","
        "version=\"TLSv1.3\"} 1\n",
        "restante_logins_total{mechanism=\"PLAIN\",tls=\"TLSv1.3\",outcome=\"good\"} 1\n",
        "restante_pop3_commands_total{command=\"RETR\"} 1\n",
        "restante_pop3_commands_total{command=\"unknown\"} 1\n",
        "restante_smtp_commands_total{protocol=\"smtp\",command=\"RCPT\"} 1\n",
        "restante_back_end_down{back_end=\"ldap ldap://x\"} 1\n",
        "restante_back_end_outages_total{back_end=\"ldap ldap://x\"} 1\n",
        "restante_retrievals_total{outcome=\"damaged\"} 1\n",
        "restante_deliveries_total{protocol=\"lmtp\",answer=\"done\"} 1\n",
        "restante_pool_wait_seconds_bucket{pool=\"disk\",le=\"0.0025\"} 0\n",
        "restante_pool_wait_seconds_bucket{pool=\"disk\",le=\"0.005\"} 1\n",
        "restante_pool_wait_seconds_bucket{pool=\"disk\",le=\"+Inf\"} 1\n",
        "restante_pool_wait_seconds_sum{pool=\"disk\"} 0.003\n",
        "restante_pool_wait_seconds_count{pool=\"disk\"} 1\n",
        "restante_storage_bytes{state=\"live\"} 100\n",
        "restante_messages_waiting 3\n",
        "restante_oldest_message_seconds 77\n",
        "restante_quota_use_maildrops{use=\"under_95\"} 1\n",
        "restante_client_crl_expires_seconds 5\n",
        "restante_certificate_ends_seconds{file=\"/etc/mail.pem\"} 6\n",
        "restante_certificate_ends_seconds{file=\"/etc/other.pem\"} 7\n",
        "restante_messages_deleted_kept 8\n",
        "restante_octets_deleted_kept 800\n",
        "restante_page_logins_total{outcome=\"wrong\"} 1\n",
        "restante_build_info{version=\"",
        "restante_routed_sessions_total{route=\"pop3s://old.example:995\"} 0\n"})
    EXPECT_THAT(text, HasSubstr(row));
  EXPECT_THAT(text, Not(HasSubstr("# EOF")));
}

TEST_F(MetricsPageTest, SaysNothingOfWhatIsNotKnown) {
  const TestServices fresh;
  const std::string text = metrics_page(fresh.services, ExpositionFormat::kPrometheus);
  EXPECT_THAT(text, Not(HasSubstr("\nrestante_messages_waiting ")));
  EXPECT_THAT(text, Not(HasSubstr("\nrestante_client_crl_expires_seconds ")));
  EXPECT_THAT(text, Not(HasSubstr("\nrestante_messages_deleted_kept ")));
}

TEST_F(MetricsPageTest, NamesCountersAsOpenMetricsWants) {
  const std::string text = page(ExpositionFormat::kOpenMetrics);
  EXPECT_THAT(text, HasSubstr("# TYPE restante_logins counter\nrestante_logins_total{"));
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

TEST_F(MetricsPageTest, SeesItsOwnProcess) {
  const std::string text = page();
  for (const char* const name : {"process_resident_memory_bytes", "process_open_fds",
                                 "process_max_fds", "process_start_time_seconds"})
    EXPECT_THAT(text, testing::ContainsRegex("\n" + std::string(name) + " [1-9]"));
  EXPECT_THAT(text, testing::ContainsRegex("\nprocess_cpu_seconds_total [0-9]+\\.[0-9]+\n"));
}

/// "| `name` | type | labels | help |" of every family, as the page has it.
std::string table_of(const std::string& page) {
  struct Family {
    std::string type;
    std::string help;
    std::vector<std::string> labels;
  };
  std::vector<std::string> order;
  std::map<std::string, Family> families;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string sign, what, name;
    words >> sign >> what >> name;
    if (line.starts_with("# HELP ")) {
      order.push_back(name);
      std::getline(words >> std::ws, families[name].help);
    } else if (line.starts_with("# TYPE ")) {
      words >> families[name].type;
    } else if (!order.empty() && families[order.back()].labels.empty()) {
      const std::size_t end = line.rfind('}');
      const std::size_t begin = line.find('{');
      if (begin == std::string::npos) continue;
      std::istringstream labels(line.substr(begin + 1, end - begin - 1));
      for (std::string label; std::getline(labels, label, ',');)
        if (const auto key = label.substr(0, label.find('=')); key != "le")
          families[order.back()].labels.push_back("`" + key + "`");
    }
  }
  std::string out = "| metric | type | labels | what it says |\n|---|---|---|---|\n";
  for (const std::string& name : order) {
    const Family& family = families[name];
    out += fmt::format("| `{}` | {} | {} | {} |\n", name, family.type,
                       fmt::join(family.labels, ", "), family.help);
  }
  return out;
}

TEST_F(MetricsPageTest, TheDocumentHasEveryMetric) {
  const std::string document = std::string(RESTANTE_SOURCE_DIR) + "/docs/metrics.md";
  std::ifstream file(document);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string table = table_of(page());
  if (text.find("\n" + table + "\n") != std::string::npos) return;
  if (std::getenv("RESTANTE_WRITE_DOCS") == nullptr) {
    FAIL() << "run it with RESTANTE_WRITE_DOCS=1 to write this into " << document << ":\n" << table;
  }
  const std::size_t begin = text.find("\n| metric | type |") + 1;
  const std::size_t end = text.find("\n\n", begin) + 1;
  std::ofstream(document) << text.substr(0, begin) << table << text.substr(end);
}

}  // namespace
}  // namespace restante::server
