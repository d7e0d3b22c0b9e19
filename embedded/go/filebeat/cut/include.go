// Package include: none of Filebeat's modules.
package include

// InitializeModule is what Filebeat calls for its modules.
func InitializeModule() {}
