package config

import (
	"fmt"
	"slices"
)

func (v *validation) broker() {
	b := v.Broker
	if b.Embedded {
		v.embeddedBroker()
		return
	}
	mqtt := ""
	if i := slices.IndexFunc(v.Readers, func(r Reader) bool { return r.Kind.MQTT() }); i >= 0 {
		mqtt = fmt.Sprintf("readers[%d] speaks", i)
	} else if len(v.Gateways) > 0 {
		mqtt = "gateways speak"
	}
	switch {
	case b.URL != "":
		v.remote("broker.url", b.URL, "write it like mqtts://broker.example:8883", "mqtt", "mqtts")
	case mqtt != "":
		v.fault("broker.url", "is missing, and "+mqtt+" MQTT", "write it like mqtts://broker.example:8883, or embedded: true")
	}
	if b.PasswordFile != "" && b.Username == "" {
		v.fault("broker.username", "is missing beside a password_file", "write the user the password belongs to")
	}
	v.absolute("broker.password_file", b.PasswordFile)
	if len(b.Users) > 0 {
		v.fault("broker.users", "are accounts of the embedded broker, which is off", "remove them, or write embedded: true")
	}
}

func (v *validation) embeddedBroker() {
	b, normal := v.Broker, "write "+v.normal.Broker.Listen
	for _, external := range []struct{ key, value string }{{"url", b.URL}, {"username", b.Username}, {"password_file", b.PasswordFile}} {
		if external.value != "" {
			v.fault("broker."+external.key, "is for an external broker, and the embedded one is on", "remove it, or write embedded: false")
		}
	}
	loopback, ok := v.listen("broker.listen", b.Listen, normal)
	if ok && !loopback && len(b.Users) == 0 {
		v.fault("broker.listen", quoted(b.Listen)+" is open to the network and anybody could connect", "list broker.users, or "+normal)
	}
	ids := v.namesOf("broker.users")
	for i, u := range b.Users {
		at := fmt.Sprintf("broker.users[%d].", i)
		ids.check(i, "name", u.Name)
		if v.required(at+"password_file", u.PasswordFile, "write the path of a file whose first line is the password") {
			v.absolute(at+"password_file", u.PasswordFile)
		}
	}
}
