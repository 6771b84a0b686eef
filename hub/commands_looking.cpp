#include "hub/commands.hpp"
#include "shared/journal/describe.hpp"
#include "sync/program/register_command.hpp"

#include <algorithm>

namespace cunzheng::hub {
namespace {

using program::Done;
using program::Takes;
using program::json::object;
namespace json = program::json;

// Makes a reply out of the registers, up to date with everything durable, and answers on the loop.
void from_registers(Workplace& at, const Done& done,
                    std::function<Result<program::Reply>(const registers::Projection&)> make) {
  at.hub.projector.read([&at, done, make = std::move(make)](const Result<const registers::Projection*>& projection) {
    auto reply = projection ? make(**projection) : Result<program::Reply>(tl::make_unexpected(projection.error()));
    at.loop.post([reply = std::move(reply), done] { done(reply); });
  });
}

// One of the three ways to look at the books.
using BookView = Result<program::Reply> (*)(const program::BookReader&, const object&);

template <BookView view>
Status look(Workplace& at, const object& arguments, const Done& done) {
  const auto today = local_date(at.clock.now());
  from_registers(at, done, [arguments, today](const registers::Projection& projection) {
    return view({projection, {}, today}, arguments);
  });
  return {};
}

Status show_findings(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"open", "body"}));
  TRY(const bool open, program::flag_argument(arguments, "open"));
  TRY(const auto body, program::text_or(arguments, "body", {}));
  CHECK(program::known_body(at.hub.directory.facts(), body));
  from_registers(at, done, [open, body](const registers::Projection& projection) -> Result<program::Reply> {
    TRY(const auto findings, projection.findings(body, open));
    return program::findings_reply(findings, projection);
  });
  return {};
}

Status rebuild(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {}));
  at.hub.projector.rebuild([&at, done](const Result<Projector::Rebuilt>& rebuilt) {
    at.loop.post([rebuilt, done] {
      if (!rebuilt) return done(tl::make_unexpected(rebuilt.error()));
      const bool same = rebuilt->before == rebuilt->after;
      const auto count = std::to_string(rebuilt->arrivals);
      done(program::Reply{{{"arrivals", rebuilt->arrivals},
                           {"before", to_hex(rebuilt->before)},
                           {"after", to_hex(rebuilt->after)},
                           {"same", same}},
                          {"已由" + count + "个条目重建台账，" + (same ? "与原来一致" : "与原来不同"),
                           "registers made anew from " + count + " entries, " +
                               (same ? "the same as before" : "not the same as before")}});
    });
  });
  return {};
}

// ---- status

json::array alarms_json(const Gate& gate) {
  json::array out;
  for (const auto& alarm : gate.alarms()) {
    out.push_back(object{{"at", local_text(alarm.at)},
                         {"what", alarm.what},
                         {"body", alarm.body},
                         {"journal", to_hex(alarm.journal.value())},
                         {"seq", alarm.seq}});
  }
  return out;
}

object status_data(Workplace& at) {
  const auto& hub = at.hub;
  const auto& facts = hub.directory.facts();
  object data{{"district", at.identity.district_name},    {"hub_id", to_hex(at.identity.hub_id)},
              {"root", to_hex(at.identity.root.value())}, {"epoch", hub.ledger.epoch()},
              {"journals", hub.directory.ends().size()},  {"bodies", facts.bodies().size()},
              {"alarms", alarms_json(hub.gate)},          {"rejected_facts", facts.rejected().size()}};
  if (const auto statement = facts.hub()) {
    data["statement"] = statement->number;
    data["certified_until"] = local_text(statement->to);
    data["officers"] = statement->officers.size();
    data["signatures_needed"] = statement->signatures_needed;
  }
  std::size_t devices = 0;
  std::size_t revoked = 0;
  for (const auto& body : facts.bodies()) {
    for (const auto* device : facts.devices_of(body)) ++(device->revoked ? revoked : devices);
  }
  data["devices"] = devices;
  data["devices_revoked"] = revoked;
  object published;
  for (std::size_t kind = 0; kind < codec::EnumNames<journal::DataKind>::names.size(); ++kind) {
    const auto each = static_cast<journal::DataKind>(kind);
    published[std::string(codec::name_of(each))] = facts.newest_revision(each);
  }
  const auto list = facts.exclusions();
  published["exclusion_list"] = list ? list->revision : 0;
  data["published"] = std::move(published);
  const auto serving = at.serving();
  if (!serving) {
    data["serving"] = nullptr;
  } else {
    data["serving"] = object{{"listening", serving->address + ":" + std::to_string(serving->port)},
                             {"connections", serving->connections},
                             {"sessions", serving->sessions}};
  }
  return data;
}

std::string text_in(const object& data, std::string_view name) {
  const auto& value = data.at(name);
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

Status status(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {}));
  at.hub.projector.read([&at, done](const Result<const registers::Projection*>& projection) {
    std::optional<std::uint64_t> arrivals;
    std::optional<std::size_t> open;
    if (projection) {
      arrivals = (*projection)->cursor();
      if (const auto findings = (*projection)->findings({}, true)) open = findings->size();
    }
    // With registers that cannot be read the rest is worth knowing all the same.
    at.loop.post([&at, arrivals, open, done] {
      auto data = status_data(at);
      data["entries"] = arrivals ? json::value(*arrivals) : json::value(nullptr);
      data["findings_open"] = open ? json::value(*open) : json::value(nullptr);
      const auto alarms = std::to_string(data.at("alarms").get_array().size());
      const Text human{
          text_in(data, "district") + "：村（居）委会" + text_in(data, "bodies") + "个，电脑" +
              text_in(data, "devices") + "台，条目" + text_in(data, "entries") + "个，未处理提示" +
              text_in(data, "findings_open") + "项，轮次" + text_in(data, "epoch") + "，本次运行警报" + alarms + "次",
          text_in(data, "district") + ": " + text_in(data, "bodies") + " committees, " + text_in(data, "devices") +
              " laptops, " + text_in(data, "entries") + " entries, " + text_in(data, "findings_open") +
              " open findings, epoch " + text_in(data, "epoch") + ", " + alarms + " alarms in this run"};
      done(program::Reply{std::move(data), human});
    });
  });
  return {};
}

// ---- inspect, fsck

std::string place_name(const journal::JournalOpened& opening) {
  const auto kind = std::string(codec::name_of(opening.journal_kind));
  if (opening.journal_kind == journal::JournalKind::device) return opening.body + "/" + opening.series;
  return opening.body.empty() ? kind : kind + "/" + opening.body;
}

// A journal by its name ("district", "body/v1", "v1/A": the latest epoch) or by the first digits of its id.
Result<journal::Head> find_journal(const Directory& directory, const std::string& named) {
  std::optional<journal::Head> found;
  std::uint32_t epoch = 0;
  for (const auto& end : directory.ends()) {
    if (named.size() >= 6 && to_hex(end.journal.value()).starts_with(named)) return end;
    const auto* opening = directory.opening_of(end.journal);
    if (place_name(*opening) != named || directory.is_branch(end.journal) || opening->epoch < epoch) continue;
    epoch = opening->epoch;
    found = end;
  }
  if (found) return *found;
  return fail(FailureCode::not_found, {"没有这个日志：" + named, "no such journal: " + named}, "journal");
}

program::Reply journals_reply(const Directory& directory) {
  json::array out;
  std::string lines;
  for (const auto& end : directory.ends()) {
    const auto* opening = directory.opening_of(end.journal);
    const auto id = to_hex(end.journal.value());
    out.push_back(object{{"journal", id},
                         {"name", place_name(*opening)},
                         {"epoch", opening->epoch},
                         {"branch", directory.is_branch(end.journal)},
                         {"last_seq", end.seq},
                         {"head", to_hex(end.id.value())}});
    lines +=
        (lines.empty() ? "" : "\n") + id.substr(0, 16) + "  " + place_name(*opening) + "  " + std::to_string(end.seq);
  }
  return {{{"journals", std::move(out)}}, {lines, lines}};
}

Status inspect(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {"journal", "from", "most", "private"}));
  TRY(const auto named, program::text_or(arguments, "journal", {}));
  TRY(const auto from, program::optional_number(arguments, "from", 0, INT64_MAX));
  TRY(const auto most, program::optional_number(arguments, "most", 1, 10'000));
  TRY(const bool with_private, program::flag_argument(arguments, "private"));
  if (named.empty()) {
    done(journals_reply(at.hub.directory));
    return {};
  }
  TRY(const auto end, find_journal(at.hub.directory, named));
  const auto first = static_cast<journal::Seq>(from.value_or(0));
  const auto last = std::min(end.seq, first + static_cast<journal::Seq>(most.value_or(100)) - 1);
  at.hub.store().run([&at, end, first, last, with_private, done](store::EntryStore& store) {
    json::array entries;
    std::string lines;
    for (auto seq = first; seq <= last; ++seq) {
      const auto stored = store.item({end.journal, seq});
      if (!stored) {
        entries.push_back(object{{"seq", seq}, {"damaged", true}});
        continue;
      }
      auto entry = journal::describe(stored->item, with_private);
      lines += (lines.empty() ? "" : "\n") + json::serialize(entry);
      entries.push_back(std::move(entry));
    }
    program::Reply reply{{{"journal", to_hex(end.journal.value())}, {"entries", std::move(entries)}}, {lines, lines}};
    at.loop.post([reply = std::move(reply), done] { done(reply); });
  });
  return {};
}

Result<program::Reply> fsck_reply(const Result<store::FsckReport>& report) {
  if (!report) return tl::make_unexpected(report.error());
  const auto items = std::to_string(report->items);
  const auto journals = std::to_string(report->journals);
  if (report->damages.empty()) {
    return program::Reply{
        {{"journals", report->journals}, {"items", report->items}, {"private_parts", report->private_parts}},
        {journals + "个日志，" + items + "个条目，全部完好", journals + " journals, " + items + " entries, all sound"}};
  }
  constexpr std::size_t shown_max = 20;
  const auto count = std::to_string(report->damages.size());
  Text what{count + "处损坏", count + " places are damaged"};
  for (std::size_t k = 0; k < std::min(report->damages.size(), shown_max); ++k) {
    const auto& damage = report->damages[k];
    const auto place =
        "\n" + to_hex(damage.place.journal.value()).substr(0, 16) + ":" + std::to_string(damage.place.seq) + " ";
    what.zh += place + damage.what.zh;
    what.en += place + damage.what.en;
  }
  return fail(FailureCode::unreadable, std::move(what));
}

Status fsck(Workplace& at, const object& arguments, const Done& done) {
  CHECK(program::only(arguments, {}));
  at.hub.store().run([&at, done](store::EntryStore& store) {
    const auto report = store.fsck();
    const auto lacking = report ? store::lacking_among(store, report->damages) : std::vector<store::Lacking>{};
    at.loop.post([&at, reply = fsck_reply(report), lacking, done] {
      at.hub.directory.lack(lacking);
      done(reply);
    });
  });
  return {};
}

}  // namespace

void add_looking_commands(program::Commands& commands, Workplace& at) {
  add_command(commands, at, "register", look<program::look_at_register>);
  add_command(commands, at, "statement", look<program::statement_of_person>);
  add_command(commands, at, "report", look<program::report_month>);
  add_command(commands, at, "disclosure", look<program::disclose_quarter>);
  add_command(commands, at, "findings", show_findings);
  add_command(commands, at, "rebuild", rebuild);
  add_command(commands, at, "status", status);
  add_command(commands, at, "inspect", inspect);
  add_command(commands, at, "fsck", fsck);
}

std::vector<program::CommandSpec> looking_command_specs() {
  const program::OptionSpec body{"--body", {"只看这个村（居）委会", "of this committee only"}};
  std::vector<program::CommandSpec> specs{
      {"findings",
       {"查看提示", "show findings"},
       {{"--open", {"只看未处理的", "only those without a ruling"}, Takes::nothing}, body}},
      {"rebuild", {"由条目重建登记簿", "make the registers anew from the entries"}, {}},
      {"status", {"中心的状况", "how the hub is"}, {}},
      {"inspect",
       {"查看日志和条目", "show journals and entries"},
       {{"--journal",
         {"日志：district、office、body/v1、v1/A或编号开头",
          "journal: district, office, body/v1, v1/A or the first digits of its id"}},
        {"--from", {"从第几条起", "from this entry on"}, Takes::number},
        {"--most", {"最多几条（默认100）", "at most this many (default 100)"}, Takes::number},
        {"--private", {"连同个人信息", "private parts too"}, Takes::nothing}}},
      {"fsck", {"检查全部条目", "check every entry"}, {}},
  };
  const auto books = program::register_command_specs(true);
  specs.insert(specs.begin(), books.begin(), books.end());
  return specs;
}

}  // namespace cunzheng::hub
