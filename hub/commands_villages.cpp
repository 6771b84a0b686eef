#include "hub/commands.hpp"
#include "sync/link/connector.hpp"

namespace cunzheng::hub {
namespace {

using program::Done;
using program::OptionSpec;
using program::Takes;
using program::json::object;

// ---- committees

Result<journal::BodyDescribed> body_from(const Workplace& at, const object& arguments) {
  CHECK(program::only(arguments, {"body", "full_name", "short_name", "code12", "credit_code", "phone", "from"}));
  journal::BodyDescribed body;
  TRY(body.body, program::text_argument(arguments, "body"));
  TRY(body.full_name, program::text_argument(arguments, "full_name"));
  TRY(body.short_name, program::text_argument(arguments, "short_name"));
  TRY(body.code12, program::text_argument(arguments, "code12"));
  TRY(body.credit_code, program::text_argument(arguments, "credit_code"));
  TRY(body.phone, program::text_or(arguments, "phone", {}));
  TRY(const auto from, program::optional_date(arguments, "from"));
  body.from = from.value_or(local_date(at.clock.now()));
  return body;
}

Status body_add(Workplace& at, const object& arguments, const Done& done) {
  TRY(auto body, body_from(at, arguments));
  const Text human{"已登记" + body.full_name + "，编号" + body.body, "added " + body.full_name + " as " + body.body};
  at.hub.casework.add_body(std::move(body), reply_with_entry(done, human));
  return {};
}

Status body_change(Workplace& at, const object& arguments, const Done& done) {
  TRY(auto body, body_from(at, arguments));
  const Text human{"自" + body.from.text() + "起按新资料", "as described from " + body.from.text() + " on"};
  at.hub.casework.change_body(std::move(body), reply_with_entry(done, human));
  return {};
}

// ---- laptops

// What a slip tells people to type: the host of `init`, and where that names no port, the one this hub listens on.
std::string hub_address(const Workplace& at) {
  const auto& host = at.identity.host;
  auto address = link::parse_hub_address(host);
  if (!address) return host;
  const bool names_port = host.ends_with(":" + std::to_string(address->port));
  const auto serving = at.serving();
  if (serving && !names_port) address->port = serving->port;
  return link::to_text(*address);
}

Status enrolment_new(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"body", "label", "valid_hours"}));
  TRY(const auto body, program::text_argument(arguments, "body"));
  TRY(const auto label, program::text_or(arguments, "label", {}));
  if (code_points(label) > sync::enrolee_label_max || has_control_characters(label)) {
    return fail(FailureCode::bad_input, {"名称最多64个字", "at most 64 characters"}, "label");
  }
  TRY(const auto hours, program::optional_number(arguments, "valid_hours", 1, sync::slip_valid_ms / 3'600'000));
  const auto valid_ms = hours ? *hours * 3'600'000 : sync::slip_valid_ms;
  const auto code = at.hub.slips.draw_code();
  at.slow.run([&at, code, body, label, valid_ms, done]() -> std::function<void()> {
    auto key = std::make_shared<Result<crypto::SymmetricKey>>(code.stretch(at.identity.hub_id));
    return [&at, key, code, body, label, valid_ms, done] {
      if (!*key) return done(tl::make_unexpected(key->error()));
      at.hub.slips.make(
          {code, std::move(**key)}, body, label, valid_ms, [&at, code, body, done](const Result<Instant>& until) {
            if (!until) return done(tl::make_unexpected(until.error()));
            const auto address = hub_address(at);
            const auto expires = local_text(*until);
            done(program::Reply{{{"code", code.text()}, {"hub", address}, {"body", body}, {"expires", expires}},
                                {"中心地址：" + address + "\n登记码：" + code.text() + "\n有效至：" + expires +
                                     "\n只能用一次，试错五次作废。",
                                 "hub address: " + address + "\ncode: " + code.text() + "\nvalid until: " + expires +
                                     "\nfor one laptop; dead after five wrong tries"}});
          });
    };
  });
  return {};
}

Status device_revoke(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"body", "device", "reason", "last_trusted", "trust_nothing"}));
  RevocationOrder order;
  TRY(order.body, program::text_argument(arguments, "body"));
  TRY(order.device, program::text_argument(arguments, "device"));
  TRY(order.reason, enum_argument<journal::RevocationReason>(arguments, "reason"));
  TRY(const auto seq, program::optional_number(arguments, "last_trusted", 0, INT64_MAX));
  TRY(const bool nothing, program::flag_argument(arguments, "trust_nothing"));
  if (seq && nothing) {
    return fail(FailureCode::bad_input, {"与last_trusted矛盾", "contradicts last_trusted"}, "trust_nothing");
  }
  if (seq) order.last_trusted = static_cast<journal::Seq>(*seq);
  if (nothing) order.last_trusted = std::monostate{};
  const Text human{"已撤销。此后送来的条目另存备查，不算数；已出具的纸质证明仍然有效。",
                   "revoked. What still arrives from it is kept apart; papers issued before stand."};
  at.hub.casework.revoke(order, reply_with_entry(done, human));
  return {};
}

// ---- officers of villages

Status appoint(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"body", "officer", "key", "name", "post", "from", "to"}));
  AppointmentOrder order;
  TRY(order.body, program::text_argument(arguments, "body"));
  TRY(order.officer, program::text_or(arguments, "officer", {}));
  TRY(order.name, program::text_or(arguments, "name", {}));
  TRY(const auto key, program::text_or(arguments, "key", {}));
  if (order.officer.empty() == key.empty()) {
    return fail(FailureCode::bad_input, {"officer和key填一个", "give either officer or key"}, "officer");
  }
  if (!key.empty()) {
    TRY(const auto bytes, array_from_hex<32>(key, "key"));
    order.key = crypto::PublicKey(bytes);
  }
  TRY(order.post, enum_argument<domain::Post>(arguments, "post"));
  TRY(const auto from, program::optional_date(arguments, "from"));
  TRY(order.to, program::optional_date(arguments, "to"));
  order.from = from.value_or(local_date(at.clock.now()));
  const Text human{"已任命，自" + order.from.text() + "起", "appointed from " + order.from.text() + " on"};
  at.hub.casework.appoint(order, reply_with_entry(done, human));
  return {};
}

std::vector<OptionSpec> body_options() {
  return {{"--body", {"村（居）委会编号，如 v1", "id of the committee, as v1"}, Takes::text, true},
          {"--full-name", {"全称", "full legal name"}, Takes::text, true},
          {"--short-name", {"简称，用在证明编号前", "short name, before certificate numbers"}, Takes::text, true},
          {"--code12", {"12位统计用区划代码", "12-digit division code"}, Takes::text, true},
          {"--credit-code", {"统一社会信用代码", "unified social credit code"}, Takes::text, true},
          {"--phone", {"电话", "telephone"}},
          {"--from", {"自哪天起（默认今天）", "from which day on (default: today)"}}};
}

}  // namespace

void add_village_commands(program::Commands& commands, Workplace& at) {
  add_command(commands, at, "body add", body_add);
  add_command(commands, at, "body change", body_change);
  add_command(commands, at, "enrolment new", enrolment_new);
  add_command(commands, at, "device revoke", device_revoke);
  add_command(commands, at, "appoint", appoint);
}

std::vector<program::CommandSpec> village_command_specs() {
  const OptionSpec body{"--body", {"村（居）委会编号", "id of the committee"}, Takes::text, true};
  return {
      {"body add", {"登记一个村（居）委会", "add a committee"}, body_options()},
      {"body change", {"从某天起改用新资料", "describe a committee anew from a day on"}, body_options()},
      {"enrolment new",
       {"开一张电脑登记单", "make an enrolment slip for a laptop"},
       {body,
        {"--label", {"电脑名称", "what people call the laptop"}},
        {"--valid-hours", {"有效小时数，最多72", "hours it is valid, at most 72"}, Takes::number}}},
      {"device revoke",
       {"撤销一台电脑", "revoke a laptop"},
       {body,
        {"--device", {"编号字母、名称或公钥", "series letter, label or key"}, Takes::text, true},
        {"--reason",
         {"replaced、stolen、lost、copied、other", "replaced, stolen, lost, copied, other"},
         Takes::text,
         true},
        {"--last-trusted",
         {"可信到第几条（默认：中心已收到的全部）", "trusted up to this entry (default: all that is held)"},
         Takes::number},
        {"--trust-nothing", {"一条都不可信", "nothing of it is trusted"}, Takes::nothing}}},
      {"appoint",
       {"任命村（居）委会人员", "appoint an officer of a committee"},
       {body,
        {"--officer", {"人员编号或姓名（密钥已由村里电脑送来）", "id or name, of one whose key a laptop has sent"}},
        {"--key", {"公钥（与--name一起，代替--officer）", "public key, with --name, instead of --officer"}},
        {"--name", {"姓名", "name"}},
        {"--post",
         {"handler、head、seal_keeper、verifier、supervisor", "handler, head, seal_keeper, verifier, supervisor"},
         Takes::text,
         true},
        {"--from", {"自哪天起（默认今天）", "from which day on (default: today)"}},
        {"--to", {"到哪天止（含）", "until this day, inclusive"}}}},
  };
}

}  // namespace cunzheng::hub
