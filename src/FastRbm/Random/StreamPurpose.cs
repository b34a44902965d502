namespace FastRbm.Random;

/// <summary>What a random number is for: streams of different purpose never share a bit.</summary>
/// <remarks>The numbers are part of promise 2 (same seed, same bits): never renumber, only append.</remarks>
internal enum StreamPurpose
{
    /// <summary>Initial weights: chain = visible unit, unit = hidden unit.</summary>
    InitialWeights = 1,

    /// <summary>The order of the rows in an epoch: step = epoch.</summary>
    Shuffle = 2,

    /// <summary>Fresh Bernoulli draws of grey levels: step = epoch, chain = row of the data set.</summary>
    Binarization = 3,

    /// <summary>Hidden states given visible ones: step = update or sweep, chain = row or chain.</summary>
    HiddenSample = 4,

    /// <summary>Visible states given hidden ones.</summary>
    VisibleSample = 5,

    /// <summary>The extra bits that decide a tie of the 16-bit comparison, for hidden units.</summary>
    HiddenTie = 6,

    /// <summary>The extra bits that decide a tie of the 16-bit comparison, for visible units.</summary>
    VisibleTie = 7,

    /// <summary>Where chains start.</summary>
    ChainStart = 8,

    /// <summary>Which units the stochastic pseudo-likelihood flips.</summary>
    PseudoLikelihood = 9,

    /// <summary>Built-in data generators: step = generator, chain = row.</summary>
    DataGenerator = 10,

    /// <summary>The negative phase's hidden states: step = update x steps + sweep, chain = chain.</summary>
    NegativeHiddenSample = 11,

    /// <summary>Tie bits of <see cref="NegativeHiddenSample"/>.</summary>
    NegativeHiddenTie = 12,

    /// <summary>Tie bits of <see cref="ChainStart"/>.</summary>
    ChainStartTie = 13,

    /// <summary>Hidden states of the reconstructions that training is monitored by: step = epoch, chain = row.</summary>
    Monitor = 14,

    /// <summary>Tie bits of <see cref="Monitor"/>.</summary>
    MonitorTie = 15,

    /// <summary>Where sampled chains start: step = 0, chain = chain.</summary>
    SamplingStart = 16,

    /// <summary>Hidden states of sampled chains: step = sweep, chain = chain.</summary>
    ChainHidden = 17,

    /// <summary>Tie bits of <see cref="ChainHidden"/>.</summary>
    ChainHiddenTie = 18,

    /// <summary>Visible states of sampled chains: step = sweep, chain = chain.</summary>
    ChainVisible = 19,

    /// <summary>Tie bits of <see cref="ChainVisible"/>.</summary>
    ChainVisibleTie = 20,

    /// <summary>Which unit of a row the stochastic pseudo-likelihood of an evaluation flips: chain = row.</summary>
    PseudoLikelihoodUnit = 21,

    /// <summary>Where mean-field iterations start: step = 0, chain = start.</summary>
    MeanFieldStart = 22,

    /// <summary>Which rows of data diagnostics look at, and chains of theirs start from.</summary>
    DiagnosticRows = 23,

    /// <summary>Where annealed rows start, at the base rates: chain = row. In the steps of this and the next five the upper bits say which annealing it is.</summary>
    AnnealingStart = 26,

    /// <summary>Tie bits of <see cref="AnnealingStart"/>.</summary>
    AnnealingStartTie = 27,

    /// <summary>Hidden states of annealed rows: step = sweep, chain = row.</summary>
    AnnealingHidden = 28,

    /// <summary>Tie bits of <see cref="AnnealingHidden"/>.</summary>
    AnnealingHiddenTie = 29,

    /// <summary>Visible states of annealed rows: step = sweep, chain = row.</summary>
    AnnealingVisible = 30,

    /// <summary>Tie bits of <see cref="AnnealingVisible"/>.</summary>
    AnnealingVisibleTie = 31,

    /// <summary>Where replicas of tempered chains start: step = 0, chain = replica.</summary>
    TemperedStart = 36,

    /// <summary>Hidden states of tempered chains: step = sweep, chain = replica.</summary>
    TemperedHidden = 37,

    /// <summary>Tie bits of <see cref="TemperedHidden"/>.</summary>
    TemperedHiddenTie = 38,

    /// <summary>Visible states of tempered chains: step = sweep, chain = replica.</summary>
    TemperedVisible = 39,

    /// <summary>Tie bits of <see cref="TemperedVisible"/>.</summary>
    TemperedVisibleTie = 40,

    /// <summary>Whether neighbouring levels swap: step = sweep, chain = chain, unit = lower level.</summary>
    TemperedSwap = 41,

    /// <summary>Hidden states of a ladder of models: step = sweep, chain = rung x chains + chain.</summary>
    TrajectoryHidden = 43,

    /// <summary>Tie bits of <see cref="TrajectoryHidden"/>.</summary>
    TrajectoryHiddenTie = 44,

    /// <summary>Visible states of a ladder of models: step = sweep, chain = rung x chains + chain.</summary>
    TrajectoryVisible = 45,

    /// <summary>Tie bits of <see cref="TrajectoryVisible"/>.</summary>
    TrajectoryVisibleTie = 46,

    /// <summary>Which exchanges between neighbouring models are accepted: step = sweep, chain = pair x chains + chain.</summary>
    TrajectoryExchange = 47,

    /// <summary>Where the chains of a ladder start: step = 0, chain = rung x chains + chain.</summary>
    TrajectoryStart = 48,

    /// <summary>Tie bits of <see cref="TrajectoryStart"/>.</summary>
    TrajectoryStartTie = 49,

    /// <summary>Which values of data are hidden for an experiment: step = 0, chain = row, unit = column.</summary>
    HiddenValues = 60,

    /// <summary>First values in the place of missing ones: step = 0, chain = row of the data.</summary>
    MissingStart = 61,

    /// <summary>Hidden states that missing values are drawn from: step = update x missing steps + sweep, chain = row of the minibatch.</summary>
    MissingHidden = 62,

    /// <summary>Tie bits of <see cref="MissingHidden"/>.</summary>
    MissingHiddenTie = 63,

    /// <summary>Values in the place of missing ones: step = update x missing steps + sweep, chain = row of the minibatch.</summary>
    MissingVisible = 64,

    /// <summary>Tie bits of <see cref="MissingVisible"/>.</summary>
    MissingVisibleTie = 65,

    /// <summary>Which values of data are flipped for an experiment: step = 0, chain = row, unit = column.</summary>
    FlippedValues = 66,

    /// <summary>Where chains of units of any kinds start: step = 0, chain = chain.</summary>
    UnitChainStart = 70,

    /// <summary>Words drawn from a chain of words: step = place, chain = text.</summary>
    WordChain = 75,

    /// <summary>Where chains of a Boltzmann machine start: step = 0, chain = chain.</summary>
    BoltzmannStart = 80,

    /// <summary>States of chains of a Boltzmann machine: step = sweep, chain = row x tiles + tile, or (group of 64 rows) x units + place in the order.</summary>
    BoltzmannSample = 81,

    /// <summary>Tie bits of <see cref="BoltzmannSample"/>.</summary>
    BoltzmannTie = 82,

    /// <summary>The negative phase of a Boltzmann machine: step = update x steps + sweep, chain as above.</summary>
    BoltzmannNegative = 83,

    /// <summary>Tie bits of <see cref="BoltzmannNegative"/>.</summary>
    BoltzmannNegativeTie = 84,

    /// <summary>Tempered chains of a Boltzmann machine: step = sweep, chain as above.</summary>
    BoltzmannTempered = 85,

    /// <summary>Tie bits of <see cref="BoltzmannTempered"/>.</summary>
    BoltzmannTemperedTie = 86,

    /// <summary>Annealing runs of a Boltzmann machine: step = direction and temperature, chain as above.</summary>
    BoltzmannAnnealed = 87,

    /// <summary>Tie bits of <see cref="BoltzmannAnnealed"/>.</summary>
    BoltzmannAnnealedTie = 88,

    /// <summary>Where annealing runs start: step = direction, chain = run.</summary>
    BoltzmannAnnealedStart = 89,

    /// <summary>Random patterns of Hopfield networks: step = network, chain = pattern, unit = word.</summary>
    HopfieldPatterns = 96,

    /// <summary>Which bits of a stored pattern are flipped to make a probe: step = experiment, chain = probe.</summary>
    HopfieldProbes = 97,

    /// <summary>The order of the units in asynchronous recall: step = sweep.</summary>
    HopfieldOrder = 98,

    /// <summary>Classes drawn for rows without labels, where chains of a classification RBM start: step = update, chain = row of the minibatch.</summary>
    ClassLabel = 108,

    /// <summary>Hidden states where such chains start: step = update, chain = row of the minibatch.</summary>
    ClassHidden = 109,

    /// <summary>Tie bits of <see cref="ClassHidden"/>.</summary>
    ClassHiddenTie = 110,

    /// <summary>Visible states and classes of such chains: step = update x steps + sweep, chain = chain.</summary>
    ClassVisible = 111,

    /// <summary>Tie bits of <see cref="ClassVisible"/>.</summary>
    ClassVisibleTie = 112,

    /// <summary>Hidden states of such chains: step = update x steps + sweep, chain = chain.</summary>
    ClassNegativeHidden = 113,

    /// <summary>Tie bits of <see cref="ClassNegativeHidden"/>.</summary>
    ClassNegativeHiddenTie = 114,

    /// <summary>The order of rows without labels: step = pass over them.</summary>
    UnlabelledShuffle = 115,

    /// <summary>Subspace units of closed gates, which are fair coins: step = the key's, chain = row.</summary>
    SubspaceCoin = 120,

    /// <summary>Where annealed rows of a subspace RBM start: step = 0, chain = row.</summary>
    SubspaceAnnealingStart = 121,

    /// <summary>Gates and subspace units of annealed rows: step = sweep, chain = row.</summary>
    SubspaceAnnealingHidden = 122,

    /// <summary>Tie bits of <see cref="SubspaceAnnealingHidden"/>.</summary>
    SubspaceAnnealingHiddenTie = 123,

    /// <summary>Visible states of annealed rows of a subspace RBM: step = sweep, chain = row.</summary>
    SubspaceAnnealingVisible = 124,

    /// <summary>Tie bits of <see cref="SubspaceAnnealingVisible"/>.</summary>
    SubspaceAnnealingVisibleTie = 125,

    /// <summary>Where the chains of a deep Boltzmann machine start, its odd layers: step = 0, chain = chain.</summary>
    DeepChainStart = 136,

    /// <summary>Even layers of a deep Boltzmann machine given its odd ones: step = update x steps + sweep, chain = chain.</summary>
    DeepEven = 137,

    /// <summary>Tie bits of <see cref="DeepEven"/>.</summary>
    DeepEvenTie = 138,

    /// <summary>Odd layers of a deep Boltzmann machine given its even ones: step = update x steps + sweep, chain = chain.</summary>
    DeepOdd = 139,

    /// <summary>Tie bits of <see cref="DeepOdd"/>.</summary>
    DeepOddTie = 140,

    /// <summary>Layers of a deep belief network drawn downwards: step = pass x layers + layer, chain = row.</summary>
    BeliefDown = 141,

    /// <summary>Tie bits of <see cref="BeliefDown"/>.</summary>
    BeliefDownTie = 142,

    /// <summary>Layers of a deep belief network drawn upwards: step = layer, chain = row.</summary>
    BeliefUp = 143,

    /// <summary>Tie bits of <see cref="BeliefUp"/>.</summary>
    BeliefUpTie = 144,

    /// <summary>Initial weights of a network: step = layer, chain = input unit, unit = output unit.</summary>
    NetworkWeights = 156,

    /// <summary>Which units of a network are left out of an update: step = update, chain = row of the minibatch, part = layer.</summary>
    NetworkDropout = 157,

    /// <summary>Where Langevin chains start: step = sampler's step or restart, chain = chain.</summary>
    LangevinStart = 158,

    /// <summary>Noise of Langevin steps: step = Langevin step, chain = chain.</summary>
    LangevinNoise = 159,

    /// <summary>Acceptance of Langevin proposals: step = Langevin step, chain = chain.</summary>
    LangevinAcceptance = 160,

    /// <summary>Which places of a replay buffer an update takes, and which of them start anew: step = update, chain = chain.</summary>
    ReplayBuffer = 161,

    /// <summary>Noise on training data: step = update, chain = row of the minibatch.</summary>
    DataNoise = 162,
}
