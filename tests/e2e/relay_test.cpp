// Somebody in the middle, with a certificate of his own, between real programs.

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/link_site.hpp"

namespace cunzheng::test {
namespace {

using RealPrograms = HubLaptop;

// `cunzheng enrol` through a relay that ends TLS on both sides and passes everything on: the right code helps nobody.
// The laptop is not enrolled and says why, the hub binds no device, and the same slip is still good on the straight
// way.
TEST_F(RealPrograms, AreNotEnrolledThroughARelay) {
  TlsRelay relay(other_identity().key_pem, other_identity().certificate_pem, district_.port());
  const auto code = district_.new_code("v1");
  const auto devices = [&] { return number_at(district_.hub().ask({"status"}), "devices"); };
  const auto enrol = [&](const std::string& address) {
    return district_.laptop_party("A").tell(
        {"enrol", "--hub", address, "--code", code, "--body", "v1", "--label", "A"});
  };
  const auto relayed = enrol("127.0.0.1:" + std::to_string(relay.port()));
  EXPECT_EQ(code_of(relayed), "refused") << json::serialize(relayed.error);
  EXPECT_EQ(field_of(relayed), "code");
  EXPECT_GT(relay.application_bytes(), 0U) << "the relay was in between";
  EXPECT_LT(relay.application_bytes(), 400U);
  EXPECT_EQ(devices(), 0);
  EXPECT_NE(district_.laptop_party("A").tell({"status"}).exit_code, 0) << "there is no laptop yet";

  const auto straight = enrol(district_.address());
  EXPECT_EQ(straight.exit_code, 0) << json::serialize(straight.error);
  EXPECT_EQ(devices(), 1);
}

}  // namespace
}  // namespace cunzheng::test
