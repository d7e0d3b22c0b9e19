module tidb-cdc/tidb-operator

go 1.26

require github.com/pingcap/tidb-operator v1.6.6

replace (
	github.com/pingcap/tidb-operator/pkg/apis => github.com/pingcap/tidb-operator/pkg/apis v1.6.6
	github.com/pingcap/tidb-operator/pkg/client => github.com/pingcap/tidb-operator/pkg/client v1.6.6
	github.com/renstrom/dedent => github.com/lithammer/dedent v1.1.0
	github.com/Azure/go-autorest => github.com/Azure/go-autorest v14.2.0+incompatible
)
