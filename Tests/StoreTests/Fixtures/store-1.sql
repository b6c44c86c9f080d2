-- A store as a program of format 1 made it: no log, no indexes of timed work.
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES('created_at',1790000000000);
INSERT INTO meta VALUES('epoch',1);
INSERT INTO meta VALUES('loaded',0);
INSERT INTO meta VALUES('purpose','work');
INSERT INTO meta VALUES('rev',5);
INSERT INTO meta VALUES('safe_rev',0);
INSERT INTO meta VALUES('store_id','01M80KHQZGGSZC36BYN11TK1HS');
CREATE TABLE customer(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  name TEXT NOT NULL, level TEXT NOT NULL, merged_into TEXT, rest BLOB NOT NULL);
INSERT INTO customer VALUES(1,'01M3250V00YAN4KXVXB8J54Q3J',2,'王晓芳','standard',NULL,X'000ce4b88ae6b5b744e4b88ae6b5b7e5b882e5be90e6b187e58cbae6bc95e6baaae58c97e8b7af31e58fb70e7a682d48616e7300066c6f77000002');
CREATE TABLE identity(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  customer TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, normalized TEXT NOT NULL,
  is_verified INTEGER NOT NULL);
INSERT INTO identity VALUES(1,'01M3250V00SDD3G83V0M0A18YZ',2,'01M3250V00YAN4KXVXB8J54Q3J','phone','13812342071','13812342071',0);
CREATE TABLE product(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  customer TEXT NOT NULL, rest BLOB NOT NULL);
CREATE TABLE customer_order(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  customer TEXT NOT NULL, number TEXT NOT NULL, placed_on INTEGER NOT NULL, rest BLOB NOT NULL);
CREATE TABLE bill(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  customer TEXT NOT NULL, number TEXT NOT NULL, period TEXT NOT NULL, rest BLOB NOT NULL);
CREATE TABLE ticket(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  number TEXT, customer TEXT NOT NULL, zone TEXT NOT NULL, category TEXT, subject TEXT NOT NULL,
  preview TEXT NOT NULL, state INTEGER NOT NULL, priority INTEGER NOT NULL, owner TEXT,
  channel TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  waiting_since INTEGER, moment INTEGER NOT NULL, pending_until INTEGER, is_unread INTEGER NOT NULL,
  reminder_at INTEGER, merged_into TEXT, rest BLOB NOT NULL);
INSERT INTO ticket VALUES(1,'01M3250V008DFWQTRVPWS26TSH',4,'2609-0001','01M3250V00YAN4KXVXB8J54Q3J','billing',NULL,'多扣38元','我上个月国际漫游包扣了两次',1,3,'linxiao','chat',1790000000000,1790000000000,1790000000000,1790000000000,NULL,0,NULL,NULL,X'06000e7a682d48616e730000000e6c696e7869616f023430314d3332353056303031564b434e305745595a325a43414d3900000000000000000000');
CREATE TABLE contact(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  ticket TEXT NOT NULL, customer TEXT NOT NULL, channel TEXT NOT NULL, state INTEGER NOT NULL, agent TEXT,
  arrived_at INTEGER NOT NULL, served_at INTEGER, rest BLOB NOT NULL);
INSERT INTO contact VALUES(1,'01M3250V001VKCN0WEYZ2ZCAM9',4,'01M3250V008DFWQTRVPWS26TSH','01M3250V00YAN4KXVXB8J54Q3J','chat',2,'linxiao',1790000000000,1790000000000,X'000280b083c59868000000000000');
CREATE TABLE entry(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  ticket TEXT NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, author TEXT NOT NULL,
  body TEXT NOT NULL, rest BLOB NOT NULL);
INSERT INTO entry VALUES(1,'01M3250V000EQMT59HAM8FD8TT-0',3,'01M3250V008DFWQTRVPWS26TSH',1790000000000,3,'linxiao','',X'023430314d3332353056303031564b434e305745595a325a43414d3900000000');
INSERT INTO entry VALUES(2,'01M3250V000EQMT59HAM8FD8TT-1',3,'01M3250V008DFWQTRVPWS26TSH',1790000000000,0,'*','我上个月国际漫游包扣了两次',X'023430314d3332353056303031564b434e305745595a325a43414d390000');
INSERT INTO entry VALUES(3,'01M3250V008XNRMQSNVHJJQJY2-0',4,'01M3250V008DFWQTRVPWS26TSH',1790000000000,9,'linxiao','',X'023430314d3332353056303031564b434e305745595a325a43414d39000000020e6c696e7869616f');
INSERT INTO entry VALUES(4,'01M3250V008XNRMQSNVHJJQJY2-1',4,'01M3250V008DFWQTRVPWS26TSH',1790000000000,3,'linxiao','',X'023430314d3332353056303031564b434e305745595a325a43414d390000020002');
INSERT INTO entry VALUES(5,'01M3250V008XNRMQSNVHJJQJY2-2',4,'01M3250V008DFWQTRVPWS26TSH',1790000000000,11,'linxiao','',X'023430314d3332353056303031564b434e305745595a325a43414d3900003430314d3332353056303031564b434e305745595a325a43414d3904');
INSERT INTO entry VALUES(6,'01M3250V003V2TZVTMHQAQJB9V-0',5,'01M3250V008DFWQTRVPWS26TSH',1790000000000,2,'linxiao','第一版写的',X'023430314d3332353056303031564b434e305745595a325a43414d390000');
CREATE TABLE attachment(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  ticket TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, byte_count INTEGER NOT NULL,
  digest TEXT NOT NULL);
CREATE TABLE agent(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  is_active INTEGER NOT NULL, body TEXT NOT NULL);
INSERT INTO agent VALUES(1,'linxiao',1,1,'{"grants":[],"id":"linxiao","isActive":true,"language":"zh-Hans","name":{"en":"linxiao","zh-Hans":"linxiao"},"number":"1","presence":{"since":0,"state":"offline"},"roles":["agent"],"team":"care","zones":[]}');
INSERT INTO agent VALUES(2,'chenyu',1,1,'{"grants":[],"id":"chenyu","isActive":true,"language":"zh-Hans","name":{"en":"chenyu","zh-Hans":"chenyu"},"number":"1","presence":{"since":0,"state":"offline"},"roles":["agent"],"team":"care","zones":[]}');
INSERT INTO agent VALUES(3,'tangyue',1,1,'{"grants":[],"id":"tangyue","isActive":true,"language":"zh-Hans","name":{"en":"tangyue","zh-Hans":"tangyue"},"number":"1","presence":{"since":0,"state":"offline"},"roles":["lead","agent"],"team":"care","zones":[]}');
INSERT INTO agent VALUES(4,'admin',1,1,'{"grants":[],"id":"admin","isActive":true,"language":"zh-Hans","name":{"en":"admin","zh-Hans":"admin"},"number":"1","presence":{"since":0,"state":"offline"},"roles":["admin"],"team":"care","zones":[]}');
CREATE TABLE configuration(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  kind TEXT NOT NULL, zone TEXT, position INTEGER NOT NULL, body TEXT NOT NULL, digest INTEGER NOT NULL);
INSERT INTO configuration VALUES(1,'zone/billing',1,'zone',NULL,0,'{"calendar":"always","dispositions":[{"id":"refunded","name":{"en":"已退费","zh-Hans":"已退费"}}],"fields":[{"choices":[],"id":"period","isRequired":true,"kind":"text","name":{"en":"账期","zh-Hans":"账期"}},{"choices":[],"id":"amount","isRequired":false,"kind":"money","name":{"en":"金额","zh-Hans":"金额"}}],"id":"billing","name":{"en":"billing","zh-Hans":"billing"},"pause":"shift","serviceLevel":{"formula":"answered-in-time-of-offered","thresholdSeconds":20},"skill":"billing","steps":[{"id":"verify","name":{"en":"核身","zh-Hans":"核身"}}],"timeLimits":{}}',-4168066069580641043);
INSERT INTO configuration VALUES(2,'zone/broadband',1,'zone',NULL,1,'{"calendar":"always","dispositions":[{"id":"refunded","name":{"en":"已退费","zh-Hans":"已退费"}}],"fields":[{"choices":[],"id":"period","isRequired":true,"kind":"text","name":{"en":"账期","zh-Hans":"账期"}},{"choices":[],"id":"amount","isRequired":false,"kind":"money","name":{"en":"金额","zh-Hans":"金额"}}],"id":"broadband","name":{"en":"broadband","zh-Hans":"broadband"},"pause":"shift","serviceLevel":{"formula":"answered-in-time-of-offered","thresholdSeconds":20},"skill":"broadband","steps":[{"id":"verify","name":{"en":"核身","zh-Hans":"核身"}}],"timeLimits":{}}',-4161272491982219979);
INSERT INTO configuration VALUES(3,'zone/general',1,'zone',NULL,2,'{"calendar":"always","dispositions":[{"id":"refunded","name":{"en":"已退费","zh-Hans":"已退费"}}],"fields":[{"choices":[],"id":"period","isRequired":true,"kind":"text","name":{"en":"账期","zh-Hans":"账期"}},{"choices":[],"id":"amount","isRequired":false,"kind":"money","name":{"en":"金额","zh-Hans":"金额"}}],"id":"general","name":{"en":"general","zh-Hans":"general"},"pause":"shift","serviceLevel":{"formula":"answered-in-time-of-offered","thresholdSeconds":20},"skill":"general","steps":[{"id":"verify","name":{"en":"核身","zh-Hans":"核身"}}],"timeLimits":{}}',2512974761190948723);
INSERT INTO configuration VALUES(4,'categories',1,'categories',NULL,0,'[{"id":"bill","name":{"en":"计费","zh-Hans":"计费"}},{"id":"bill/double","name":{"en":"重复扣费","zh-Hans":"重复扣费"},"parent":"bill","zone":"billing"}]',-2410351352034526695);
INSERT INTO configuration VALUES(5,'template/any',1,'template','billing',0,'{"categories":[],"choices":[],"disposition":"refunded","id":"any","name":{"en":"通用","zh-Hans":"通用"},"text":{"en":"已处理","zh-Hans":"已处理"},"zone":"billing"}',4463251633420865459);
INSERT INTO configuration VALUES(6,'template/double',1,'template','billing',1,'{"categories":["bill/double"],"choices":[],"disposition":"refunded","id":"double","name":{"en":"重复扣费","zh-Hans":"重复扣费"},"text":{"en":"已退费","zh-Hans":"已退费"},"zone":"billing"}',1106085536141467037);
INSERT INTO configuration VALUES(7,'article/zh-Hans/roaming',1,'article',NULL,0,'{"body":"正文","id":"roaming","language":"zh-Hans","owner":"","tags":[],"title":"roaming"}',5845542468654125888);
INSERT INTO configuration VALUES(8,'article/zh-Hans/refund',1,'article',NULL,0,'{"body":"正文","id":"refund","language":"zh-Hans","owner":"","tags":[],"title":"refund"}',7591815539997803942);
INSERT INTO configuration VALUES(9,'synonyms',1,'synonyms',NULL,0,'[["退款","退费"]]',-6556173646339391180);
INSERT INTO configuration VALUES(10,'calendar/always',1,'calendar',NULL,0,'{"id":"always","specialDays":[],"timeZone":"Asia/Shanghai","weekdays":[[{"end":86400,"start":0}],[{"end":86400,"start":0}],[{"end":86400,"start":0}],[{"end":86400,"start":0}],[{"end":86400,"start":0}],[{"end":86400,"start":0}],[{"end":86400,"start":0}]],"years":[]}',1604753090134895854);
INSERT INTO configuration VALUES(11,'team/care',1,'team',NULL,0,'{"id":"care","name":{"en":"计费班","zh-Hans":"计费班"}}',76435087242162048);
CREATE TABLE disclosure(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  customer TEXT NOT NULL, agent TEXT NOT NULL, at INTEGER NOT NULL, field TEXT NOT NULL,
  reason TEXT NOT NULL);
CREATE TABLE missed_search(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
  query TEXT NOT NULL, language TEXT NOT NULL, count INTEGER NOT NULL);
CREATE TABLE removed(
  kind INTEGER NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE operation(
  rev INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, desk TEXT NOT NULL, seq INTEGER NOT NULL,
  schema INTEGER NOT NULL, actor TEXT NOT NULL, aggregate TEXT NOT NULL, at INTEGER NOT NULL,
  received_at INTEGER NOT NULL, payload TEXT NOT NULL, result TEXT NOT NULL);
INSERT INTO operation VALUES(2,'01M3250V0055FCKBKDNB1F29W1','linxiao-01M3250V0016Q4G4JX73VXRJ5M',1,1,'linxiao','customer:01M3250V00YAN4KXVXB8J54Q3J',1790000000000,1790000000000,'{"action":{"customer":{"_0":"01M3250V00YAN4KXVXB8J54Q3J","_1":{"create":{"_0":{"address":"上海市徐汇区漕溪北路1号","city":"上海","id":"01M3250V00YAN4KXVXB8J54Q3J","language":"zh-Hans","level":"standard","name":"王晓芳","risk":"low","tags":[],"version":0},"identities":[{"customer":"01M3250V00YAN4KXVXB8J54Q3J","id":"01M3250V00SDD3G83V0M0A18YZ","isVerified":false,"kind":"phone","normalized":"13812342071","value":"13812342071"}]}}}},"actor":"linxiao","at":1790000000000,"id":"01M3250V0055FCKBKDNB1F29W1","schema":1}','');
INSERT INTO operation VALUES(3,'01M3250V000EQMT59HAM8FD8TT','linxiao-01M3250V0016Q4G4JX73VXRJ5M',2,1,'linxiao','ticket:01M3250V008DFWQTRVPWS26TSH',1790000000000,1790000000000,'{"action":{"ticket":{"_0":"01M3250V008DFWQTRVPWS26TSH","_1":{"create":{"_0":{"channel":"chat","contact":"01M3250V001VKCN0WEYZ2ZCAM9","conversation":[],"customer":"01M3250V00YAN4KXVXB8J54Q3J","fields":{},"isClaimed":false,"language":"zh-Hans","message":"我上个月国际漫游包扣了两次","priority":3,"subject":"多扣38元","tags":[],"zone":"billing"}}}}},"actor":"linxiao","at":1790000000000,"id":"01M3250V000EQMT59HAM8FD8TT","schema":1}','');
INSERT INTO operation VALUES(4,'01M3250V008XNRMQSNVHJJQJY2','linxiao-01M3250V0016Q4G4JX73VXRJ5M',3,1,'linxiao','ticket:01M3250V008DFWQTRVPWS26TSH',1790000000000,1790000000000,'{"action":{"ticket":{"_0":"01M3250V008DFWQTRVPWS26TSH","_1":{"claim":{}}}},"actor":"linxiao","at":1790000000000,"id":"01M3250V008XNRMQSNVHJJQJY2","schema":1}','');
INSERT INTO operation VALUES(5,'01M3250V003V2TZVTMHQAQJB9V','linxiao-01M3250V0016Q4G4JX73VXRJ5M',4,1,'linxiao','ticket:01M3250V008DFWQTRVPWS26TSH',1790000000000,1790000000000,'{"action":{"ticket":{"_0":"01M3250V008DFWQTRVPWS26TSH","_1":{"note":{"_0":"第一版写的"}}}},"actor":"linxiao","at":1790000000000,"id":"01M3250V003V2TZVTMHQAQJB9V","schema":1}','');
CREATE TABLE desk(
  id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO desk VALUES('linxiao-01M3250V0016Q4G4JX73VXRJ5M',4,1790000000000);
CREATE TABLE ticket_counter(month TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO ticket_counter VALUES('2609',1);
CREATE UNIQUE INDEX customer_id ON customer(id);
CREATE UNIQUE INDEX identity_id ON identity(id);
CREATE UNIQUE INDEX product_id ON product(id);
CREATE UNIQUE INDEX customer_order_id ON customer_order(id);
CREATE UNIQUE INDEX bill_id ON bill(id);
CREATE UNIQUE INDEX ticket_id ON ticket(id);
CREATE UNIQUE INDEX contact_id ON contact(id);
CREATE UNIQUE INDEX entry_id ON entry(id);
CREATE UNIQUE INDEX attachment_id ON attachment(id);
CREATE UNIQUE INDEX agent_id ON agent(id);
CREATE UNIQUE INDEX configuration_id ON configuration(id);
CREATE UNIQUE INDEX disclosure_id ON disclosure(id);
CREATE UNIQUE INDEX missed_search_id ON missed_search(id);
CREATE INDEX identity_customer ON identity(customer);
CREATE INDEX identity_value ON identity(normalized, kind);
CREATE INDEX contact_ticket ON contact(ticket);
CREATE INDEX configuration_kind ON configuration(kind, zone);
CREATE INDEX customer_rev ON customer(rev);
CREATE INDEX identity_rev ON identity(rev);
CREATE INDEX product_rev ON product(rev);
CREATE INDEX customer_order_rev ON customer_order(rev);
CREATE INDEX bill_rev ON bill(rev);
CREATE INDEX ticket_rev ON ticket(rev);
CREATE INDEX contact_rev ON contact(rev);
CREATE INDEX entry_rev ON entry(rev);
CREATE INDEX attachment_rev ON attachment(rev);
CREATE INDEX agent_rev ON agent(rev);
CREATE INDEX configuration_rev ON configuration(rev);
CREATE INDEX disclosure_rev ON disclosure(rev);
CREATE INDEX missed_search_rev ON missed_search(rev);
CREATE INDEX removed_rev ON removed(rev);
PRAGMA application_id = 1094996785;
PRAGMA user_version = 1;
