using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>Plain tempered chains in doubles with one mistake, or none.</summary>
internal sealed class MutantTemperedSampler(TemperedCase audited, TemperedMistake mistake, ulong seed) : ITemperedSampler
{
    private const ulong ChainStride = 0x632BE59BD9B4E019;
    private readonly ReferenceRbm _model = audited.Model;
    private int[][] _visible = [];
    private int[][] _hidden = [];
    private int _step;

    public void Start(int[][] visible, int[][] hidden)
    {
        _visible = [.. visible.Select(static states => (int[])states.Clone())];
        _hidden = [.. hidden.Select(static states => (int[])states.Clone())];
    }

    public void Step(int[][] visible, int[][] hidden)
    {
        for (int chain = 0; chain < visible[0].Length; chain++)
        {
            int stream = mistake == TemperedMistake.LaddersShareDraws ? chain / 2 : chain;
            Sweep(chain, new SplitMix64(unchecked(seed + ((ulong)stream * ChainStride) + ((ulong)_step * 0x9FB21C651E98DF25))));
        }

        _step++;
        for (int level = 0; level < audited.Levels; level++)
        {
            _visible[level].CopyTo(visible[level], 0);
            _hidden[level].CopyTo(hidden[level], 0);
        }
    }

    private void Sweep(int chain, SplitMix64 random)
    {
        double lastDraw = 0;
        double[] betas = (double[])audited.Betas.Clone();
        double[] stale = Energies(chain);
        for (int level = 0; level < audited.Levels; level++)
        {
            double beta = mistake == TemperedMistake.HiddenDrawnAtBetaOne ? 1 : betas[level];
            int state = 0;
            for (int j = 0; j < _model.Hidden; j++)
            {
                double input = _model.HiddenBias[j];
                for (int i = 0; i < _model.Visible; i++)
                {
                    input += (_visible[level][chain] >> i & 1) * _model.Weight(i, j);
                }

                lastDraw = random.NextDouble();
                state |= (lastDraw < ReferenceMath.Sigmoid(beta * input) ? 1 : 0) << j;
            }

            _hidden[level][chain] = state;
        }

        int[] sources = [.. _hidden.Select(states => states[chain])];
        Swap(chain, mistake == TemperedMistake.StaleEnergy ? stale : Energies(chain), betas, lastDraw, random);
        for (int level = 0; level < audited.Levels; level++)
        {
            int source = mistake == TemperedMistake.SumsNotSwappedWithStates ? sources[level] : _hidden[level][chain];
            int state = 0;
            for (int i = 0; i < _model.Visible; i++)
            {
                double input = _model.VisibleBias[i];
                for (int j = 0; j < _model.Hidden; j++)
                {
                    input += (source >> j & 1) * _model.Weight(i, j);
                }

                double start = mistake == TemperedMistake.BaseBiasForgottenInTheDraw ? 0 : audited.BaseVisibleBias[i];
                double tempered = (betas[level] * input) + ((1 - betas[level]) * start);
                state |= (random.NextDouble() < ReferenceMath.Sigmoid(tempered) ? 1 : 0) << i;
            }

            _visible[level][chain] = state;
        }
    }

    private void Swap(int chain, double[] energies, double[] betas, double lastDraw, SplitMix64 random)
    {
        int parity = mistake == TemperedMistake.OddPairsForgotten ? 0 : _step % 2;
        double shared = random.NextDouble();
        for (int pair = parity; pair + 1 < audited.Levels; pair += 2)
        {
            double logRatio = (audited.Betas[pair] - audited.Betas[pair + 1]) * (energies[pair] - energies[pair + 1]);
            double uniform = mistake switch
            {
                TemperedMistake.PairsShareDraws => shared,
                TemperedMistake.SwapReusesADraw => lastDraw,
                _ => random.NextDouble(),
            };
            bool accepts = mistake switch
            {
                TemperedMistake.SwapWithTheSignWrong => uniform < Math.Exp(-logRatio),
                TemperedMistake.AlwaysAccepts => true,
                TemperedMistake.NeverSwaps => false,
                _ => uniform < Math.Exp(logRatio),
            };
            if (!accepts)
            {
                continue;
            }

            (_visible[pair][chain], _visible[pair + 1][chain]) = (_visible[pair + 1][chain], _visible[pair][chain]);
            (_hidden[pair][chain], _hidden[pair + 1][chain]) = (_hidden[pair + 1][chain], _hidden[pair][chain]);
            if (mistake == TemperedMistake.VisibleDrawnAtTheOldBeta)
            {
                (betas[pair], betas[pair + 1]) = (betas[pair + 1], betas[pair]);
            }
        }
    }

    private double[] Energies(int chain)
    {
        double[] energies = new double[audited.Levels];
        for (int level = 0; level < energies.Length; level++)
        {
            int joint = _model.JointIndex(_visible[level][chain], _hidden[level][chain]);
            energies[level] = audited.Reference.Energy(joint);
            for (int i = 0; mistake == TemperedMistake.BaseBiasForgottenInTheEnergy && i < _model.Visible; i++)
            {
                energies[level] -= (_visible[level][chain] >> i & 1) * audited.BaseVisibleBias[i];
            }
        }

        return energies;
    }
}
