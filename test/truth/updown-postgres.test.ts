import { upDownTests } from '../support/updownTests.ts';

upDownTests('postgresql');
