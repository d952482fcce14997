package profileapi

// dictionaryID names dictionary in a compressed frame. A changed dictionary needs a new id, and the old one must stay readable: batches
// are kept as they came.
const dictionaryID = 0x5352_0001

// dictionary is what every batch says again. A compressor that knows it sends a lone event in half the bytes; in a full batch it makes
// no difference. What is likeliest stands last, where it is cheapest to refer to.
const dictionary = `"shopper""visit_end""pause""staff""done""forget""zone""tray"` +
	`"sha256":"journal.evicted.v1"lane/"observations","from":,"to":,"count":` +
	`"type":"dev.showroom.stock.corrected.v1","subject":"item/00","data":{"gtin":"00","feed_version":1,"was":1,"now":0}` +
	`"type":"dev.showroom.staff.called.v1","type":"dev.showroom.staff.call_answered.v1","subject":"room/","data":{"call":"` +
	`"type":"dev.showroom.request.made.v1""type":"dev.showroom.request.freed.v1""type":"dev.showroom.request.accepted.v1"` +
	`"type":"dev.showroom.request.on_the_way.v1""type":"dev.showroom.request.delivered.v1""type":"dev.showroom.request.unavailable.v1"` +
	`"type":"dev.showroom.request.cancelled.v1""type":"dev.showroom.request.escalated.v1","subject":"visit/` +
	`"data":{"request":"","visit":"","room":"1","want":"00","for":"00","waiting":true,"reason":"shopper","level":1}}` +
	`"type":"dev.showroom.visit.forgotten.v1","type":"dev.showroom.visit.opened.v1","type":"dev.showroom.visit.ended.v1"` +
	`,"data":{"visit":"","room":"1","reason":"done","left_behind":0,"seconds":1}}` +
	`"type":"dev.showroom.garment.joined.v1","type":"dev.showroom.garment.moved.v1","from":{"kind":"room","id":"1"},"to":{"kind":"room","id":"` +
	`"old_mean_rssi":-5,"margin_db":,"silent_ms":"rssi_known":false` +
	`"clock":"server","clock":"saved","clock":"none"` +
	`"type":"dev.showroom.garment.departed.v1","subject":"room/` +
	`[{"specversion":"1.0","source":"/stores/s1/devices/agent-1","clock":"ntp","id":"/observations//facts/1","time":"2026-01-01T10:00:00.000Z"` +
	`,"type":"dev.showroom.garment.arrived.v1","subject":"visit/","data":{"epc":"303","gtin":"00","place":{"kind":"room","id":"1"},"visit":"` +
	`","why":{"reads":1,"window_ms":2000,"rssi_known":true,"mean_rssi":-5}}}]`
