#include "hub/commands.hpp"
#include "hub/officers.hpp"
#include "hub/signing.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/program/files.hpp"
#include "sync/program/register_command.hpp"
#include "sync/program/register_command.hpp"

namespace cunzheng::hub {
namespace {

using program::Done;
using program::OptionSpec;
using program::Takes;
using program::json::object;
namespace json = program::json;

constexpr std::size_t data_file_bytes_max = 8U << 20;

// ---- officers of the district

Status officer_add(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"name", "officer_passphrase_file", "root_key", "root_passphrase_file"}));
  NewOfficerOrder order;
  TRY(order.name, program::text_argument(arguments, "name"));
  TRY(order.passphrase_file, program::text_argument(arguments, "officer_passphrase_file"));
  TRY(order.root_key, program::text_argument(arguments, "root_key"));
  TRY(order.root_passphrase_file, program::text_argument(arguments, "root_passphrase_file"));
  const auto statement = at.hub.directory.facts().hub();
  if (!statement)
    return fail(FailureCode::unavailable, {"中心尚未由根密钥确认", "the hub is not certified by the root yet"});
  CHECK(check_officer_name(*statement, order.name));
  order.slot_cost = at.slot_cost;
  auto seed = std::make_shared<crypto::Wiped<32>>();
  at.random.fill(seed->bytes());
  at.slow.run([&at, order, seed, done]() -> std::function<void()> {
    crypto::SystemRandom salt;  // the loop's own chance stays on the loop
    auto made =
        std::make_shared<Result<NewOfficer>>(make_officer(at.store_folder, order, *seed, at.identity.root, salt));
    return [&at, made, done] {
      if (!*made) return done(tl::make_unexpected(made->error()));
      const auto id = program::officer_id((*made)->file.key);
      const auto next =
          with_officer(*at.hub.directory.facts().hub(), {id, (*made)->file.key, (*made)->name}, at.clock.now());
      if (!next) return done(tl::make_unexpected(next.error()));
      std::vector<journal::Draft> drafts;
      drafts.push_back(journal::draft_of(certify(*next, (*made)->root.secret), {}, {}, at.random));
      at.hub.ledger.write(district_journal, std::move(drafts),
                          [made, id, number = next->number, done](const Result<std::vector<journal::EntryId>>& ids) {
                            if (!ids) return done(tl::make_unexpected(ids.error()));
                            const auto text = to_hex(id.value());
                            done(program::Reply{{{"officer", text}, {"name", (*made)->name}, {"statement", number}},
                                                {"已确认" + (*made)->name + "，编号" + text, "certified, id " + text}});
                          });
    };
  });
  return {};
}

Status officer_list(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"body"}));
  TRY(const auto body, program::text_or(arguments, "body", {}));
  CHECK(program::known_body(at.hub.directory.facts(), body));
  json::array officers;
  std::string lines;
  const auto add = [&](const domain::OfficerId& id, const crypto::PublicKey& key, const std::string& name) {
    officers.push_back(object{{"officer", to_hex(id.value())}, {"key", to_hex(key.value())}, {"name", name}});
    lines += "\n" + to_hex(id.value()) + "  " + name;
  };
  const auto& facts = at.hub.directory.facts();
  if (body.empty()) {
    const auto statement = facts.hub();
    for (const auto& each : statement ? statement->officers : std::vector<journal::CertifiedOfficer>{}) {
      add(each.officer, each.key, each.name);
    }
  } else {
    for (const auto& [id, each] : facts.officers_of(body)) add(id, each.key, each.name);
  }
  const auto count = std::to_string(officers.size());
  done(program::Reply{{{"officers", std::move(officers)}},
                      {"人员" + count + "名" + lines, "officers: " + count + lines}});
  return {};
}

// ---- what is published

Status publish(Workplace& at, journal::DataKind kind, const object& arguments, const Done& done) {
  const auto rest = without_signing(arguments);
  CHECK(program::only(rest, {"file", "effective_from"}));
  TRY(const auto path, program::text_argument(rest, "file"));
  TRY(const auto effective_from, program::optional_date(rest, "effective_from"));
  TRY(const auto signing, signing_from(at, arguments));
  auto read = program::read_file(path, data_file_bytes_max);
  if (!read) {
    read.error().field = "file";
    return tl::make_unexpected(std::move(read).error());
  }
  const auto bytes = *std::move(read);
  with_signatories(at, signing, done, [&at, kind, bytes, effective_from, done](const CreditDesk::Signatories& by) {
    at.hub.publisher.publish(kind, text_of(bytes), effective_from, *by, [done](const Result<PublishReport>& report) {
      if (!report) return done(tl::make_unexpected(report.error()));
      const auto revision = std::to_string(report->revision);
      const auto from = report->effective_from.text();
      Text human{"已发布第" + revision + "版，自" + from + "起施行",
                 "published revision " + revision + ", in force from " + from};
      json::array warnings;
      for (const auto& each : report->warnings) {
        warnings.push_back(object{{"place", each.place}, {"rule", each.rule}, {"what", program::text_json(each.what)}});
        human.zh += "\n请核对 " + each.place + "：" + each.what.zh + "（" + each.rule + "）";
        human.en += "\nplease look at " + each.place + ": " + each.what.en + " (" + each.rule + ")";
      }
      done(program::Reply{{{"revision", report->revision},
                           {"effective_from", from},
                           {"entry", to_hex(report->entry.value())},
                           {"warnings", warnings}},
                          human});
    });
  });
  return {};
}

template <journal::DataKind kind>
Status publish_kind(Workplace& at, const object& arguments, const Done& done) {
  return publish(at, kind, arguments, done);
}

// ---- the command line

std::vector<OptionSpec> publish_options() {
  return signed_options(
      {{"--file", {"JSON数据文件", "the data, JSON"}, Takes::file, true},
       {"--effective-from", {"自哪天起施行（文件里没有时）", "in force from, where the file does not say"}}},
      signatories_max);
}

}  // namespace

void add_district_commands(program::Commands& commands, Workplace& at) {
  using journal::DataKind;
  add_command(commands, at, "officer add", officer_add);
  add_command(commands, at, "officer list", officer_list);
  add_command(commands, at, "catalogue publish", publish_kind<DataKind::catalogue>);
  add_command(commands, at, "calendar publish", publish_kind<DataKind::calendar>);
  add_command(commands, at, "quorums publish", publish_kind<DataKind::quorums>);
  add_command(commands, at, "forms publish", publish_kind<DataKind::commitment_forms>);
}

std::vector<program::CommandSpec> district_command_specs() {
  return {
      {"officer add",
       {"由根密钥确认一名区级人员", "have the root certify an officer of the district"},
       {{"--name", {"姓名", "name"}, Takes::text, true},
        {"--officer-passphrase-file", {"该人员的口令文件", "file with the officer's passphrase"}, Takes::file, true},
        {"--root-key", {"根密钥文件", "the root key file"}, Takes::file, true},
        {"--root-passphrase-file", {"根密钥的口令文件", "file with the root's passphrase"}, Takes::file, true}}},
      {"officer list",
       {"区级人员；加--body则为该村已送来密钥的人员",
        "officers of the district; with --body those whose keys that committee sent"},
       {{"--body", {"村（居）委会编号", "id of the committee"}}}},
      {"catalogue publish", {"发布清单", "publish a catalogue"}, publish_options()},
      {"calendar publish", {"发布工作日历", "publish a calendar of working days"}, publish_options()},
      {"quorums publish", {"发布议事人数规则", "publish the quorum table"}, publish_options()},
      {"forms publish", {"发布告知承诺文本", "publish the commitment forms"}, publish_options()},
  };
}

}  // namespace cunzheng::hub
