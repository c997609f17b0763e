package main

// jobs lists what is measured. Aims are those of the project.
func jobs() []*job {
	return []*job{movementsJob(), retentionJob(), funnelJob(), activesJob(), rfmJob(), purchasesJob(), quintilesJob()}
}
