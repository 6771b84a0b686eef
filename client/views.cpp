#include "client/views.hpp"

#include "client/certificate_plan.hpp"
#include "client/desk.hpp"
#include "shared/journal/describe.hpp"

namespace cunzheng::client {

using codec::to_json;
using program::Done;
using program::Reply;

namespace {

json::value day_and_time(const std::optional<Instant>& at) {
  return at ? json::value(json::string(local_text(*at))) : json::value(nullptr);
}

// Whom the district has let in, for everybody of the village to see: an invented laptop or officer is seen (D14).
void add_who_is_let_in(const registers::FactBook& facts, const std::string& body, CivilDate day, json::object& data,
                       std::vector<Text>& lines) {
  json::array devices;
  Text laptops;
  for (const auto* device : facts.devices_of(body)) {
    const auto& enrolled = device->enrolled;
    devices.push_back(json::object{{"series", enrolled.series},
                                   {"label", enrolled.label},
                                   {"key", to_json(enrolled.key)},
                                   {"enrolled_at", local_text(enrolled.enrolled_at)},
                                   {"revoked", device->revoked.has_value()}});
    const auto name = " " + enrolled.series + (enrolled.label.empty() ? "" : "/" + enrolled.label);
    laptops.zh += name + (device->revoked ? "（已撤销）" : "");
    laptops.en += name + (device->revoked ? " (revoked)" : "");
  }
  data["devices"] = std::move(devices);
  lines.push_back({"本村电脑：" + laptops.zh, "Laptops of this committee:" + laptops.en});

  json::array officers;
  Text in_post;
  for (const auto& each : facts.appointments(body)) {
    const auto& post = each.appointment;
    if (day < post.from || (post.to && *post.to < day)) continue;
    const auto officer = facts.officer(post.officer);
    const auto name = officer && !officer->name.empty() ? officer->name : to_hex(post.officer.value()).substr(0, 8);
    officers.push_back(json::object{
        {"officer", to_json(post.officer)}, {"name", name}, {"post", to_json(post.post)}, {"from", post.from.text()}});
    in_post.zh += " " + name;
    in_post.en += " " + name + " (" + std::string(codec::name_of(post.post)) + ")";
  }
  data["officers"] = std::move(officers);
  lines.push_back({"在岗人员：" + in_post.zh, "In post:" + in_post.en});
}

std::string kind_of(const journal::JournalOpened& opening) { return std::string(codec::name_of(opening.journal_kind)); }

// What a clerk has to fill in for an item of the list.
void add_what_it_asks_for(const domain::Catalogue& catalogue, const domain::ItemId& id, const registers::Words& zh,
                          const registers::Words& en, std::vector<Text>& lines) {
  const auto* item = domain::find_issuable(catalogue, id);
  if (item == nullptr) return;
  for (const auto& each : item->purposes) {
    const auto& code = each.value();
    lines.push_back({"用途 purpose　" + code + "　" + zh.of(code), "purpose  " + code + "  " + en.of(code)});
  }
  for (const auto& each : item->requester_kinds) {
    const auto& code = each.value();
    lines.push_back(
        {"单位类别 requester_kind　" + code + "　" + zh.of(code), "requester_kind  " + code + "  " + en.of(code)});
  }
  for (const auto& field : item->fields) {
    std::string values;
    for (const auto& value : field.values) values += (values.empty() ? "：" : "、") + value;
    const auto type = std::string(codec::name_of(field.type)) + values;
    lines.push_back(
        {"需填 facts." + field.key + "　" + field.label.zh + "　" + type + (field.required ? "" : "　可不填"),
         "facts." + field.key + "  " + field.label.en + "  " + type + (field.required ? "" : "  optional")});
  }
}

}  // namespace

void Views::add_to(program::Commands& commands) {
  const auto add = [&](const char* name, void (Views::*view)(json::object, Done) const) {
    commands.add(name, [this, view](json::object arguments, Done done) {
      (this->*view)(std::move(arguments), std::move(done));
    });
  };
  add("status", &Views::status);
  add("catalogue", &Views::catalogue);
  add("register", &Views::register_book);
  add("statement", &Views::statement);
  add("report", &Views::report);
  add("disclosure", &Views::disclosure);
  add("findings", &Views::findings);
  add("inspect", &Views::inspect);
  add("fsck", &Views::fsck);
}

void Views::status(json::object arguments, Done done) const {
  if (auto plain = program::only(arguments, {}); !plain) return done(tl::make_unexpected(std::move(plain).error()));
  done(status_reply());
}

Result<Reply> Views::status_reply() const {
  const auto& books = parts_.books;
  const auto& facts = books.facts();
  const auto claim = parts_.pen.claim();
  const auto day = local_date(claim.at);
  const auto own = parts_.pen.writer().head();
  const auto end = books.end_of(own.journal);
  const auto held = end ? end->seq + 1 : 0;
  const auto received = books.registers().received(own.journal);
  const auto unsent = held - (received ? *received + 1 : 0);
  const auto body = facts.body_on(books.body(), day);
  const auto* catalogue = facts.in_force(journal::DataKind::catalogue, day);
  const auto data_as_of = books.data_as_of();
  const auto last = books.series().last;
  TRY(const auto findings, books.registers().findings(books.body(), true));

  Reply reply;
  auto& data = reply.data;
  std::vector<Text> lines;
  data["body"] = books.body();
  data["body_name"] = body ? json::value(json::string(body->full_name)) : json::value(nullptr);
  data["label"] = parts_.enrolment.grant.label;
  const std::string letter(1, parts_.pen.series_letter());
  data["series"] = letter;
  data["hub"] = parts_.enrolment.hub;
  const auto name = body ? body->full_name : books.body();
  lines.push_back({name + "，编号系列 " + letter, name + ", series " + letter});

  add_who_is_let_in(facts, books.body(), day, data, lines);

  data["journal"] = to_json(own.journal);
  data["entries"] = held;
  data["received"] = to_json(received);
  data["unsent"] = unsent;
  const auto count = std::to_string(unsent);
  lines.push_back({"待区中心签收的记录：" + count, "Entries without the hub's receipt: " + count});

  data["last_number"] = last ? json::value(json::string(last->machine())) : json::value(nullptr);
  if (last) {
    const auto printed = body ? last->printed(body->short_name) : last->machine();
    data["last_printed_number"] = printed;
    lines.push_back({"最后一个编号：" + printed + "（没有打印成功的，请作废）",
                     "Last number: " + printed + " (if it was never printed, spoil it)"});
  }

  data["catalogue_revision"] = catalogue != nullptr ? json::value(catalogue->revision) : json::value(nullptr);
  data["catalogue_newest"] = facts.newest_revision(journal::DataKind::catalogue);
  data["data_as_of"] = day_and_time(data_as_of);
  data["data_age_days"] = data_as_of ? json::value(std::max(0, day - local_date(*data_as_of))) : json::value(nullptr);
  data["last_sync"] = day_and_time(parts_.state.state().in_step_at);
  const auto revision = catalogue != nullptr ? std::to_string(catalogue->revision) : std::string("-");
  const auto as_of = data_as_of ? local_text(*data_as_of) : std::string("-");
  lines.push_back(
      {"适用清单第" + revision + "版，数据截至 " + as_of, "Catalogue revision " + revision + ", data as of " + as_of});

  data["clock"] = json::object{{"now", local_text(claim.at)}, {"confidence", to_json(claim.confidence)}};
  if (claim.confidence == ClockConfidence::doubtful) {
    lines.push_back(
        {"时钟可疑，请校准：" + local_text(claim.at), "The clock is in doubt, set it: " + local_text(claim.at)});
  }
  data["findings_open"] = findings.size();
  if (!findings.empty()) {
    const auto number = std::to_string(findings.size());
    lines.push_back({"待处理的提示：" + number, "Open findings: " + number});
  }

  json::array alarms;
  for (const auto& alarm : parts_.state.state().alarms) {
    const auto text = alarm_text(alarm.kind);
    alarms.push_back(json::object{{"kind", alarm.kind},
                                  {"text", program::text_json(text)},
                                  {"journal", to_json(alarm.journal)},
                                  {"seq", alarm.seq},
                                  {"at", local_text(alarm.at)},
                                  {"settled", alarm.is_settled}});
    if (!alarm.is_settled) lines.push_back({"警报：" + text.zh, "Alarm: " + text.en});
  }
  data["alarms"] = std::move(alarms);
  const auto may_write = parts_.pen.may_write();
  data["may_write"] = may_write.has_value();
  if (!may_write)
    lines.push_back({"不能写入：" + may_write.error().what.zh, "Writing has stopped: " + may_write.error().what.en});
  const bool is_connected = parts_.agent.link().phase == link::LinkPhase::connected;
  data["connected"] = is_connected;
  if (is_connected) lines.push_back({"已连接区中心", "Connected to the hub"});
  reply.human = program::joined(lines);
  return reply;
}

void Views::catalogue(json::object arguments, Done done) const {
  const auto view = [&]() -> Result<Reply> {
    CHECK(program::only(arguments, {"words"}));
    TRY(const auto words, program::text_or(arguments, "words", {}));
    const auto day = local_date(parts_.clock.now());
    TRY(const auto law, law_on(parts_.books, day));
    const auto& catalogue = *law.catalogue;
    std::vector<domain::Candidate> found;
    if (words.empty()) {
      for (const auto& item : catalogue.issuable)
        found.push_back({item.id, item.name, domain::state_on(item, day), {}});
    } else {
      found = domain::search(catalogue, words, day);
    }
    Reply reply;
    json::array items;
    const registers::Words zh(parts_.books.facts(), registers::Tongue::zh);
    const registers::Words en(parts_.books.facts(), registers::Tongue::en);
    const auto count = std::to_string(found.size());
    std::vector<Text> lines{{catalogue.title + "：" + count + "项", catalogue.title + ": " + count + " items"}};
    for (const auto& each : found) {
      json::object item{
          {"item", each.id.value()}, {"name", program::text_json(each.name)}, {"state", to_json(each.state)}};
      if (const auto* listed = domain::find_issuable(catalogue, each.id)) {
        item["purposes"] = to_json(listed->purposes);
        item["requester_kinds"] = to_json(listed->requester_kinds);
        item["procedure"] = to_json(listed->procedure);
        item["fields"] = to_json(listed->fields);
      } else if (const auto* negative = domain::find_negative(catalogue, each.id)) {
        item["right_way"] = program::text_json(negative->right_way);
      }
      items.push_back(std::move(item));
      const std::string state(codec::name_of(each.state));
      const auto id = each.id.value().empty() ? std::string("-") : each.id.value();
      lines.push_back({id + "　" + each.name.zh + "　" + zh.of(state), id + "  " + each.name.en + "  " + en.of(state)});
    }
    if (found.size() == 1) add_what_it_asks_for(catalogue, found.front().id, zh, en, lines);
    reply.data = {{"revision", catalogue.revision}, {"items", std::move(items)}};
    reply.human = program::joined(lines);
    return reply;
  };
  done(view());
}

void Views::register_book(json::object arguments, Done done) const {
  done(program::look_at_register(reader(), arguments));
}
void Views::statement(json::object arguments, Done done) const {
  done(program::statement_of_person(reader(), arguments));
}
void Views::report(json::object arguments, Done done) const { done(program::report_month(reader(), arguments)); }
void Views::disclosure(json::object arguments, Done done) const {
  done(program::disclose_quarter(reader(), arguments));
}

program::BookReader Views::reader() const {
  return {parts_.books.registers(), parts_.books.body(), local_date(parts_.clock.now())};
}

void Views::findings(json::object arguments, Done done) const {
  const auto view = [&]() -> Result<Reply> {
    CHECK(program::only(arguments, {"all"}));
    TRY(const auto all, program::flag_argument(arguments, "all"));
    TRY(const auto found, parts_.books.registers().findings(parts_.books.body(), !all));
    return program::findings_reply(found, parts_.books.registers());
  };
  done(view());
}

namespace {

struct Wanted {
  std::optional<journal::JournalId> journal;
  std::optional<journal::Seq> seq;
  bool with_private = false;
};

Result<Wanted> wanted_of(const json::object& arguments, const Books& books) {
  CHECK(program::only(arguments, {"journal", "seq", "private"}));
  Wanted wanted;
  TRY(wanted.with_private, program::flag_argument(arguments, "private"));
  TRY(const auto name, program::optional_text(arguments, "journal"));
  TRY(const auto seq, program::optional_number(arguments, "seq", 0, INT64_MAX));
  if (seq) wanted.seq = static_cast<journal::Seq>(*seq);
  if (!name) return wanted;
  // The beginning of an id is enough where only one has it.
  for (const auto& [id, info] : books.journals()) {
    if (!to_hex(id.value()).starts_with(*name)) continue;
    if (wanted.journal)
      return fail(FailureCode::bad_input, {"不止一个日志以此开头", "more than one journal begins so"}, "journal");
    wanted.journal = id;
  }
  if (!wanted.journal) return fail(FailureCode::not_found, {"没有这个日志", "no such journal"}, "journal");
  return wanted;
}

Reply journals_reply(const Books& books) {
  json::array array;
  std::vector<Text> lines;
  for (const auto& [id, info] : books.journals()) {
    const auto* opening = books.opening_of(id);
    const auto kind = opening != nullptr ? kind_of(*opening) : std::string("branch");
    json::object each{{"journal", to_json(id)},
                      {"kind", kind},
                      {"first", info.first},
                      {"last", info.head.head.seq},
                      {"head", to_json(info.head.head.id)},
                      {"own", books.is_own(id)}};
    if (opening != nullptr) {
      each["series"] = opening->series;
      each["epoch"] = opening->epoch;
    }
    if (info.fork) each["branch_of"] = to_json(info.fork->of);
    const auto line = to_hex(id.value()).substr(0, 16) + "  " + kind + "  0.." + std::to_string(info.head.head.seq);
    lines.push_back({line, line});
    array.push_back(std::move(each));
  }
  return {{{"journals", std::move(array)}}, program::joined(lines)};
}

// Runs on the store thread.
Result<Reply> entries_reply(store::EntryStore& entries, const Wanted& wanted) {
  const auto info = entries.journal(*wanted.journal);
  if (!info) return fail(FailureCode::not_found, {"没有这个日志", "no such journal"}, "journal");
  const auto first = wanted.seq.value_or(info->first);
  const auto last = wanted.seq.value_or(info->head.head.seq);
  json::array array;
  std::vector<Text> lines;
  for (auto seq = first; seq <= last; ++seq) {
    TRY(const auto stored, entries.item({*wanted.journal, seq}));
    auto described = journal::describe(stored.item, wanted.with_private);
    const auto line = json::serialize(described);
    lines.push_back({line, line});
    array.push_back(std::move(described));
  }
  return Reply{{{"entries", std::move(array)}}, program::joined(lines)};
}

}  // namespace

void Views::inspect(json::object arguments, Done done) const {
  auto wanted = wanted_of(arguments, parts_.books);
  if (!wanted) return done(tl::make_unexpected(std::move(wanted).error()));
  if (!wanted->journal) return done(journals_reply(parts_.books));
  parts_.store.run([&loop = parts_.loop, wanted = *wanted, done = std::move(done)](store::EntryStore& entries) {
    auto reply = std::make_shared<Result<Reply>>(entries_reply(entries, wanted));
    loop.post([reply, done] { done(std::move(*reply)); });
  });
}

void Views::fsck(json::object arguments, Done done) const {
  if (auto plain = program::only(arguments, {}); !plain) return done(tl::make_unexpected(std::move(plain).error()));
  parts_.store.run([this, done = std::move(done)](store::EntryStore& entries) {
    auto report = std::make_shared<Result<store::FsckReport>>(entries.fsck());
    std::vector<store::Lacking> lacking;
    if (*report) lacking = store::lacking_among(entries, (*report)->damages);
    parts_.loop.post([this, report, lacking, done] {
      if (!*report) return done(tl::make_unexpected(report->error()));
      const auto& found = **report;
      parts_.books.lack(lacking);
      json::array damages;
      std::vector<Text> lines{{"日志" + std::to_string(found.journals) + "个，条目" + std::to_string(found.items) +
                                   "条，私密部分" + std::to_string(found.private_parts) + "份",
                               std::to_string(found.journals) + " journals, " + std::to_string(found.items) +
                                   " entries, " + std::to_string(found.private_parts) + " private parts"}};
      for (const auto& damage : found.damages) {
        damages.push_back(json::object{{"journal", to_json(damage.place.journal)},
                                       {"seq", damage.place.seq},
                                       {"what", program::text_json(damage.what)}});
        lines.push_back(damage.what);
      }
      if (found.damages.empty()) lines.push_back({"没有发现损坏。", "Nothing is damaged."});
      if (!lacking.empty()) {
        lines.push_back({"损坏的条目会在下次同步时取回。", "Damaged entries come back with the next sync."});
      }
      if (lacking.size() < found.damages.size()) {
        lines.push_back({"请结束程序，运行 repair。", "End the program and run repair."});
      }
      Reply reply;
      reply.data = {{"journals", found.journals},
                    {"items", found.items},
                    {"private_parts", found.private_parts},
                    {"sound", found.damages.empty()},
                    {"damages", std::move(damages)}};
      reply.human = program::joined(lines);
      done(std::move(reply));
    });
  });
}

}  // namespace cunzheng::client
